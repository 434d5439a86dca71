"""The design this product replaces: Flask's own server, `model.predict` inside the request, plain resize."""

import io

import numpy as np
from flask import Flask, Response, jsonify, request
from PIL import Image

from ml.architectures import build

app = Flask(__name__)
model = build("simple")


@app.post("/predict")
def predict() -> Response:
    """Read one digit from the form's `file`."""
    image = Image.open(io.BytesIO(request.files["file"].read())).convert("L").resize((28, 28))
    tensor = (255 - np.asarray(image, dtype="float32")).reshape(1, 28, 28, 1) / 255
    probabilities = model.predict(tensor, verbose=0)
    return jsonify({"digit": int(probabilities.argmax())})


if __name__ == "__main__":
    import sys

    app.run(host="127.0.0.1", port=int(sys.argv[1]), threaded=True)
