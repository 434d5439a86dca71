"""Tells ink from paper in photographs, where light, ruling and noise defeat thresholds: a small U-Net, by LiteRT.

It sees how far each point is darker than the paper there (`ml.reflectance`), and the picture itself. How it was
trained: `ml.train_ink`.
"""

from __future__ import annotations

import functools

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.networks import AnySizeNetwork
from ml.reflectance import Reflectance, measure

Map = NDArray[np.float32]
Grey = NDArray[np.uint8]

STEP = 32
"""The network takes pictures whose sides are multiples of this."""

_PAPER = 78
_INK = 178
"""Where channels have paper, and ink of the usual darkness."""

_SURE = 0.75
"""Ink of which the network is nowhere surer than this is the grain of the paper."""

_LEAST_RANGE = 8
_LEAST_LEVEL = 0.03


def find_ink_on_paper(grey: Grey) -> tuple[Map, Map]:
    """Ink and lost reflectance of a photograph, uint8 (h, w), either polarity: float32 (h, w) each."""
    measured = measure(grey)
    ink = _sureness(channels(measured)) if measured.level else None
    if ink is None or ink.max() < _SURE:
        ink = np.zeros(grey.shape, np.float32)
    return ink, measured.lost


def _sureness(seen: NDArray[np.uint8]) -> Map:
    """How sure the network is that there is ink: `channels`, uint8 (h, w, 2) -> float32 (h, w) in [0, 1]."""
    height, width = seen.shape[:2]
    padded = cv2.copyMakeBorder(seen, 0, -height % STEP, 0, -width % STEP, cv2.BORDER_REPLICATE)
    logits = shipped()(padded.astype(np.float32) / np.float32(255))[:height, :width, 0]
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * logits), np.float32)  # the logistic function, without overflow


@functools.cache
def shipped() -> AnySizeNetwork:
    """The network that comes with this package, loaded when it is first needed."""
    return AnySizeNetwork.load("ink")


def channels(measured: Reflectance) -> NDArray[np.uint8]:
    """What the network sees, uint8 (h, w, 2): lost reflectance, the ink's usual level at _INK; and grey, stretched."""
    scale = (_INK - _PAPER) / max(measured.level, _LEAST_LEVEL)
    lost = np.clip(measured.lost * np.float32(scale) + np.float32(_PAPER), 0, 255)
    darkest, brightest = np.percentile(measured.grey[::2, ::2], (1, 99))
    stretch = 255 / max(brightest - darkest, _LEAST_RANGE)
    grey = np.clip((measured.grey - np.float32(darkest)) * np.float32(stretch), 0, 255)
    return np.dstack([lost, grey]).astype(np.uint8)
