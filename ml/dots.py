"""Pictures of two shades whose greys are dots, as dithering and thresholding leave them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

_SMALLEST = 64
"""Pixels: of fewer, nothing would be left."""

_DOTTED = 0.002
"""Of all pixels: what is drawn with a pen has next to none that stand alone."""

_BLUR = 2.0


def without_dots(grey: Grey) -> Grey:
    """A dotted picture of two shades, uint8 (H, W), with its dots blurred into greys; any other one as it was."""
    if min(grey.shape) < _SMALLEST or not _is_bilevel(grey) or _alone(grey).mean() < _DOTTED:
        return grey
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), _BLUR), np.uint8)


def _is_bilevel(grey: Grey) -> bool:
    counts = cv2.calcHist([grey], [0], None, [256], [0, 256])
    return cv2.countNonZero(counts) == 2


def _alone(grey: Grey) -> NDArray[np.bool_]:
    """Which pixels are unlike the four beside them; bool (H - 2, W - 2), without the border."""
    middle = grey[1:-1, 1:-1]
    beside = (grey[:-2, 1:-1], grey[2:, 1:-1], grey[1:-1, :-2], grey[1:-1, 2:])
    return np.asarray(np.logical_and.reduce([middle != one for one in beside]), np.bool_)
