"""FastAPI with the shipped network as a `tf.function` in the process; nothing is stored."""

import sys

import uvicorn
from fastapi import FastAPI, UploadFile

from bench.references.traced import traced_recognizer
from ml.inference import Picture, Reading

app = FastAPI()
recognizer = traced_recognizer()


@app.post("/predict")
def predict(file: UploadFile) -> dict[str, object]:
    """Read the form's `file`; FastAPI runs this in its thread pool."""
    (reading,) = recognizer.read([Picture(file.file.read())])
    assert isinstance(reading, Reading)
    return {"text": reading.text, "confidence": reading.confidence}


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
