"""LitServe with dynamic batching and one model process a core; nothing is stored."""

import os
import sys
from typing import Any

import litserve
from fastapi import Request


class DigitsAPI(litserve.LitAPI):
    """Reads batches of pictures."""

    def setup(self, device: str) -> None:
        """Load and warm the model in this worker: the processes that serve HTTP are forked, and need no TensorFlow."""
        from bench.references.traced import traced_recognizer

        self.recognizer = traced_recognizer()

    def decode_request(self, request: Request) -> bytes:
        """The form's file."""
        return bytes(request["file"].file.read())

    def batch(self, inputs: list[bytes]) -> list[bytes]:
        """A batch of pictures stays a list: the recognizer batches the digits in them."""
        return inputs

    def predict(self, x: list[bytes]) -> list[dict[str, Any]]:
        """Read them all."""
        from ml.inference import Picture, Reading

        readings = self.recognizer.read([Picture(data) for data in x])
        return [{"text": r.text, "confidence": r.confidence} for r in readings if isinstance(r, Reading)]

    def unbatch(self, output: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """One answer a request."""
        return output

    def encode_response(self, output: dict[str, Any]) -> dict[str, Any]:
        """The answer is JSON already."""
        return output


if __name__ == "__main__":
    api = DigitsAPI(max_batch_size=16, batch_timeout=0.002, api_path="/predict")
    server = litserve.LitServer(api, accelerator="cpu", workers_per_device=os.cpu_count() or 1)
    server.run(host="127.0.0.1", port=int(sys.argv[1]), generate_client_file=False, log_level="warning")
