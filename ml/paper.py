"""Paper under uneven light: its shade at every point, so that ink can be measured against it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.sizes import longest

Grey = NDArray[np.uint8]

LEAST_SIDE = 48
"""Pixels, of the shorter side: in a photograph of fewer, strokes are finer than those that the ink network knows."""

_ENLARGED = 384
"""Pixels: for that, no longer side becomes longer than this."""

_SKEW_SIDE = 100
_SHADE_SIDE = 400
_WIDEST_STROKE = 0.3
"""Of the height, for a picture cropped around a 1 is hardly wider than its stroke: what is narrower is not paper."""


def is_light_on_dark(grey: Grey) -> bool:
    """Whether ink is lighter than paper: by the skew of the deviations from the local median.

    Ink is rare, so its tail decides; ruled lines, shadows and noise weigh little in the third moment.
    """
    small = shrink(grey, _SKEW_SIDE)
    window = int(np.clip(int(0.35 * min(small.shape)) | 1, 3, 101))
    deviation = small.astype(np.float32) - cv2.medianBlur(small, window)
    square = deviation * deviation
    variance, skewed = float(square.mean()) + 1e-6, float((square * deviation).mean())
    return bool(skewed > 0.3 * variance**1.5)


def shade(grey: Grey) -> Grey:
    """The paper's own brightness behind dark ink: a morphological closing, uint8 of the same shape.

    Closing and median keep the edges of shadows, along which any smoothing would leave false strokes.
    """
    small = np.asarray(cv2.medianBlur(shrink(grey, _SHADE_SIDE), 3), np.uint8)
    height, width = small.shape
    window = max(5, int(min(height, 2 * width) * _WIDEST_STROKE) | 1)
    margin = min(window // 2, min(small.shape) - 1)
    if not margin:  # a single row of pixels
        return grey
    closed = cv2.morphologyEx(_continued(small, margin), cv2.MORPH_CLOSE, np.ones((window, window), np.uint8))
    smooth = cv2.medianBlur(closed[margin:-margin, margin:-margin], 5)
    return np.asarray(cv2.resize(smooth, grey.shape[::-1], interpolation=cv2.INTER_LINEAR), np.uint8)


def shrink(picture: Grey, side: int) -> Grey:
    """`picture`, grey or RGB, its longer side at most `side` pixels, or what `ml.sizes.longest` allows a strip."""
    height, width = picture.shape[:2]
    factor = longest(width, height, side) / max(width, height)
    if factor >= 1:
        return picture
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def enlarge(picture: Grey) -> Grey:
    """`picture` with its shorter side at least LEAST_SIDE pixels, unless that makes the longer one too long."""
    height, width = picture.shape
    factor = min(LEAST_SIDE / min(height, width), _ENLARGED / max(height, width))
    if factor <= 1:
        return picture
    size = (round(width * factor), round(height * factor))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def _continued(picture: Grey, margin: int) -> Grey:
    """Let a gradient of light go on beyond the border, but nothing brighter than the border itself."""
    sides = (margin, margin, margin, margin)
    edge = cv2.copyMakeBorder(picture, *sides, cv2.BORDER_REPLICATE)
    mirrored = cv2.copyMakeBorder(picture, *sides, cv2.BORDER_REFLECT_101)
    return np.asarray(cv2.subtract(edge, cv2.subtract(mirrored, edge)), np.uint8)
