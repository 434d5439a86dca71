"""Networks that belong to the reading itself, not to a model version: files of this package, run by LiteRT."""

from __future__ import annotations

import hashlib
import json
import threading
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from ml.artifact import ArtifactError

_FOLDER = Path(__file__).with_name("artifacts")


class AnySizeNetwork:
    """One compiled network (`ml.compiling`) that takes pictures of any size, in the caller's thread; thread-safe."""

    def __init__(self, network: bytes) -> None:
        self._lock = threading.Lock()
        self._interpreter = Interpreter(model_content=network, num_threads=1)
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._output = self._interpreter.get_output_details()[0]["index"]
        self._shape: tuple[int, ...] = ()

    @classmethod
    def load(cls, name: str, folder: Path = _FOLDER) -> AnySizeNetwork:
        """The network `name`; raises ArtifactError when it is not the one that the card beside it describes."""
        path = folder / f"{name}.tflite"
        try:
            network = path.read_bytes()
            expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["sha256"]
        except (OSError, ValueError, KeyError) as error:
            raise ArtifactError(f"The {name} network {path} or its card cannot be read: {error}") from error
        if hashlib.sha256(network).hexdigest() != expected:
            raise ArtifactError(f"The {name} network {path} is not the one its card describes.")
        return cls(network)

    def __call__(self, picture: NDArray[np.float32]) -> NDArray[np.float32]:
        """What the network says of one picture, float32 (h, w, channels): float32, of the network's own shape."""
        batch = picture[None]
        with self._lock:
            if batch.shape != self._shape:
                self._shape = ()  # should there be no memory for the new one, it has the former one no more either
                self._interpreter.resize_tensor_input(self._input, batch.shape)
                self._interpreter.allocate_tensors()
                self._shape = batch.shape
            self._interpreter.set_tensor(self._input, batch)
            self._interpreter.invoke()
            return np.asarray(self._interpreter.get_tensor(self._output)[0])
