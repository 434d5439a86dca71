"""From a grey picture to the 28x28 tensors the network reads: find the ink, then centre it as MNIST does."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

PREPROCESSING_VERSION = "1"

Grey = NDArray[np.uint8]
Map = NDArray[np.float32]

SIDE = 28
BOX = 20
WORKING_SIDE = 1000


@dataclass(frozen=True, slots=True)
class Ink:
    """Where the ink is.

    `map`: float32 (h, w), 0 = paper, 1 = ink, at the working scale.
    `scale`: pixels of the picture per pixel of the map (1.0 when it was not reduced).
    `contrast`: how far the ink stands from the paper, as a share of the full range, in [0, 1].
    """

    map: Map
    scale: float
    contrast: float


def find_ink(grey: Grey) -> Ink:
    """Tell ink from paper in a grey picture, uint8 (H, W), either polarity."""
    longer = max(grey.shape)
    scale = max(1.0, longer / WORKING_SIDE)
    if scale > 1.0:
        size = (max(1, round(grey.shape[1] / scale)), max(1, round(grey.shape[0] / scale)))
        grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    paper = float(np.median(border))
    contrast = (paper - grey.astype(np.float32)) * (1.0 if paper >= 128 else -1.0)
    peak = float(contrast.max())
    if peak < 8:
        return Ink(np.zeros(grey.shape, np.float32), scale, 0.0)
    return Ink(np.clip(contrast / peak, 0, 1).astype(np.float32), scale, peak / 255)


def normalise(crop: Map) -> Map:
    """Bring one digit into MNIST's form: float32 (h, w) in [0, 1] -> float32 (28, 28) in [0, 1].

    The longer side of the ink becomes 20 pixels, its centre of mass the centre of the field (LeCun et al.,
    "Gradient-based learning applied to document recognition", 1998, section III.A). All zeros without ink.
    """
    field = np.zeros((SIDE, SIDE), np.float32)
    rows, columns = np.nonzero(crop.max(axis=1) > 0.1)[0], np.nonzero(crop.max(axis=0) > 0.1)[0]
    if not len(rows):
        return field
    digit = _resize(crop[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    height, width = digit.shape
    total = float(digit.sum())
    centre_y = float(digit.sum(axis=1) @ np.arange(height)) / total
    centre_x = float(digit.sum(axis=0) @ np.arange(width)) / total
    top = int(np.clip(round(SIDE / 2 - centre_y), 0, SIDE - height))
    left = int(np.clip(round(SIDE / 2 - centre_x), 0, SIDE - width))
    field[top : top + height, left : left + width] = digit
    return field


def _resize(digit: Map) -> Map:
    height, width = digit.shape
    factor = BOX / max(height, width)
    if abs(max(height, width) - BOX) <= 1:
        return digit
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(digit, size, interpolation=method), np.float32)
