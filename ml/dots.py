"""Pictures of two shades whose greys are dots, as dithering and thresholding leave them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

_SMALLEST = 64
"""Pixels, of the shorter side: of less, nothing would be left."""

_CHEQUERED = 0.03
_SPRINKLED = 0.0005
"""Of all pixels, how many are unlike the four beside them, or unlike all eight around them. A line of the finest pen
at 45 degrees has many of the first, but covers little of a picture, and none of the second."""

_BLUR = 2.0
"""Pixels: the deviation of the blur."""


def without_dots(grey: Grey) -> Grey:
    """A dotted picture of two shades, uint8 (H, W), with its dots blurred into greys; any other one as it was."""
    if min(grey.shape) < _SMALLEST or not _is_bilevel(grey) or not _is_dotted(grey):
        return grey
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), _BLUR), np.uint8)


def _is_bilevel(grey: Grey) -> bool:
    counts = cv2.calcHist([grey], [0], None, [256], [0, 256])
    return cv2.countNonZero(counts) == 2


def _is_dotted(grey: Grey) -> bool:
    """Whether many pixels stand alone; those of the border are not asked."""
    middle, (above, level, below) = grey[1:-1, 1:-1], (grey[:-2], grey[1:-1], grey[2:])
    beside = (above[:, 1:-1], below[:, 1:-1], level[:, :-2], level[:, 2:])
    corners = (above[:, :-2], above[:, 2:], below[:, :-2], below[:, 2:])
    unlike_four = np.logical_and.reduce([middle != other for other in beside])
    unlike_all = unlike_four & np.logical_and.reduce([middle != other for other in corners])
    return bool(unlike_four.mean() > _CHEQUERED or unlike_all.mean() > _SPRINKLED)
