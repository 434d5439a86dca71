"""Tells ink from paper in photographs, where light, ruling and noise defeat thresholds: a small U-Net, by LiteRT.

It sees how far each point is darker than the paper there (`ml.reflectance`), and the picture itself. How it was
trained: `ml.train_ink`.
"""

from __future__ import annotations

import functools
import hashlib
import json
import threading
from pathlib import Path

import cv2
import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from ml.artifact import ArtifactError
from ml.reflectance import Reflectance, measure

Map = NDArray[np.float32]
Grey = NDArray[np.uint8]

NETWORK = Path(__file__).with_name("artifacts") / "ink.tflite"
STEP = 32
"""The network takes pictures whose sides are multiples of this."""

_PAPER = 78
_INK = 178
"""Where channels have paper, and ink of the usual darkness."""

_SURE = 0.75
"""Ink of which the network is nowhere surer than this is the grain of the paper."""

_LEAST_RANGE = 8
_LEAST_LEVEL = 0.03


class Binariser:
    """The ink network, in the caller's thread; thread-safe."""

    def __init__(self, network: bytes) -> None:
        self._lock = threading.Lock()
        self._interpreter = Interpreter(model_content=network, num_threads=1)
        self._input = self._interpreter.get_input_details()[0]["index"]
        self._output = self._interpreter.get_output_details()[0]["index"]
        self._shape: tuple[int, ...] = ()

    @classmethod
    def load(cls, path: Path = NETWORK) -> Binariser:
        """The network at `path`; raises ArtifactError when it is not the one that the card beside it describes."""
        try:
            network = path.read_bytes()
            expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["sha256"]
        except (OSError, ValueError, KeyError) as error:
            raise ArtifactError(f"The ink network {path} or its card cannot be read: {error}") from error
        if hashlib.sha256(network).hexdigest() != expected:
            raise ArtifactError(f"The ink network {path} is not the one its card describes.")
        return cls(network)

    def __call__(self, seen: NDArray[np.uint8]) -> Map:
        """How sure it is that there is ink: `channels`, uint8 (h, w, 2) -> float32 (h, w) in [0, 1]."""
        height, width = seen.shape[:2]
        padded = cv2.copyMakeBorder(seen, 0, -height % STEP, 0, -width % STEP, cv2.BORDER_REPLICATE)
        logits = self._run(padded[None].astype(np.float32) / np.float32(255))[:height, :width]
        return np.asarray(0.5 + 0.5 * np.tanh(0.5 * logits), np.float32)  # the logistic function, without overflow

    def _run(self, batch: Map) -> Map:
        with self._lock:
            if batch.shape != self._shape:
                self._interpreter.resize_tensor_input(self._input, batch.shape)
                self._interpreter.allocate_tensors()
                self._shape = batch.shape
            self._interpreter.set_tensor(self._input, batch)
            self._interpreter.invoke()
            return np.asarray(self._interpreter.get_tensor(self._output)[0, :, :, 0])


def find_ink_on_paper(grey: Grey) -> tuple[Map, Map]:
    """Ink and lost reflectance of a photograph, uint8 (h, w), either polarity: float32 (h, w) each."""
    measured = measure(grey)
    ink = shipped()(channels(measured)) if measured.level else None
    if ink is None or ink.max() < _SURE:
        ink = np.zeros(grey.shape, np.float32)
    return ink, measured.lost


@functools.cache
def shipped() -> Binariser:
    """The network that comes with this package, loaded when it is first needed."""
    return Binariser.load()


def channels(measured: Reflectance) -> NDArray[np.uint8]:
    """What the network sees, uint8 (h, w, 2): lost reflectance, the ink's usual level at _INK; and grey, stretched."""
    scale = (_INK - _PAPER) / max(measured.level, _LEAST_LEVEL)
    lost = np.clip(measured.lost * np.float32(scale) + np.float32(_PAPER), 0, 255)
    darkest, brightest = np.percentile(measured.grey[::2, ::2], (1, 99))
    stretch = 255 / max(brightest - darkest, _LEAST_RANGE)
    grey = np.clip((measured.grey - np.float32(darkest)) * np.float32(stretch), 0, 255)
    return np.dstack([lost, grey]).astype(np.uint8)
