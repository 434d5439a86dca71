"""How wide the strokes of ink are, and wider ones. Ink is a map, float32 (h, w) in [0, 1], 1 = ink."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Map = NDArray[np.float32]

_WIDEST_PEN = 24
"""Pixels: to thicken strokes by more takes tens of milliseconds for one digit; it is halved first."""


def widest_stroke(field: Map) -> float:
    """The diameter in pixels of the largest disc that lies in the ink of a digit, float32 (h, w) in [0, 1]."""
    ink = np.pad((field > 0.5).view(np.uint8), 1)
    return 2 * float(cv2.distanceTransform(ink, cv2.DIST_L2, cv2.DIST_MASK_5).max())


def thickened(ink: Map, width: float) -> Map:
    """Strokes at least `width` pixels wide: a fine pen would fade to nothing when the ink is reduced.

    Wider strokes need more room: the same on all sides. Where they would have to grow by far, all is half as large.
    """
    missing = round(width - pen_width(ink))
    if missing < 1:
        return ink
    if missing > _WIDEST_PEN:
        return thickened(halved(ink), width / 2)
    pen = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (missing + 1, missing + 1))
    margin = (missing + 1) // 2
    wide = cv2.copyMakeBorder(ink, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=0)
    return np.asarray(cv2.dilate(wide, pen), np.float32)


def halved(ink: Map) -> Map:
    """Half as large; strokes so thin that they would fade are made two pixels wider before."""
    if pen_width(ink) < 3:
        ink = np.asarray(cv2.dilate(ink, np.ones((3, 3), np.uint8)), np.float32)
    size = ((ink.shape[1] + 1) // 2, (ink.shape[0] + 1) // 2)
    return np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_AREA), np.float32)


def pen_width(ink: Map) -> float:
    """How wide strokes are, in pixels: twice their area by the length of their outline."""
    mask = (ink > 0.5).view(np.uint8)
    area = cv2.countNonZero(mask)
    core = cv2.erode(mask, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return 2 * area / max(area - cv2.countNonZero(core), 1)
