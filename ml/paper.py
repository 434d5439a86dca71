"""Paper under uneven light: its shade at every point, so that ink can be measured against it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]

_SKEW_SIDE = 100
_SHEET_SIDE = 100
_LEAST_SHEET = 0.4
_MOST_BRIGHT_BORDER = 0.3
_DARK_DESK = 0.55
"""Of the sheet's brightness; a shadow seldom takes that much."""

_SOLID = 0.8
_SHADE_SIDE = 400
_WIDEST_STROKE = 0.3
"""Of the shorter side: whatever is narrower than this is not paper."""


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


def without_desk(grey: Grey) -> Grey:
    """The picture with everything around a bright sheet painted as the sheet is; as it was if there is none.

    A sheet is one solid bright region, at least _LEAST_SHEET of the picture wide and high, with dark around it. What
    lies in shadow is not that dark, a light stroke is not solid.
    """
    small = shrink(grey, _SHEET_SIDE)
    _, bright = cv2.threshold(small, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    border = np.concatenate([bright[0], bright[-1], bright[:, 0], bright[:, -1]])
    is_shadow = np.median(small[bright == 0]) > _DARK_DESK * np.median(small[bright > 0])
    if is_shadow or border.mean() > _MOST_BRIGHT_BORDER:
        return grey
    outlines, _ = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    outline = max(outlines, key=cv2.contourArea)
    _, _, width, height = cv2.boundingRect(outline)
    sheet = cv2.drawContours(np.zeros_like(small), [outline], -1, 1, cv2.FILLED)
    ink_free = float(bright[sheet > 0].mean())
    is_solid = cv2.contourArea(outline) > _SOLID * cv2.contourArea(cv2.convexHull(outline)) and ink_free > _SOLID
    if not is_solid or width < _LEAST_SHEET * small.shape[1] or height < _LEAST_SHEET * small.shape[0]:
        return grey
    inner = cv2.erode(sheet, np.ones((5, 5), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=1)
    inside = cv2.resize(inner, grey.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
    return np.where(inside, grey, np.uint8(np.median(grey[inside]))) if inside.any() else grey


def shade(grey: Grey) -> Grey:
    """The paper's own brightness behind dark ink: a morphological closing, uint8 of the same shape.

    Closing and median keep the edges of shadows, along which any smoothing would leave false strokes.
    """
    small = np.asarray(cv2.medianBlur(shrink(grey, _SHADE_SIDE), 3), np.uint8)
    window = max(5, int(min(small.shape) * _WIDEST_STROKE) | 1)
    margin = min(window // 2, min(small.shape) - 1)
    if not margin:  # a single row of pixels
        return grey
    closed = cv2.morphologyEx(_continued(small, margin), cv2.MORPH_CLOSE, np.ones((window, window), np.uint8))
    smooth = cv2.medianBlur(closed[margin:-margin, margin:-margin], 5)
    return np.asarray(cv2.resize(smooth, grey.shape[::-1], interpolation=cv2.INTER_LINEAR), np.uint8)


def shrink(picture: Grey, side: int) -> Grey:
    """`picture` with its longer side at most `side` pixels."""
    factor = side / max(picture.shape)
    if factor >= 1:
        return picture
    size = (max(1, round(picture.shape[1] * factor)), max(1, round(picture.shape[0] * factor)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _continued(picture: Grey, margin: int) -> Grey:
    """Let a gradient of light go on beyond the border, but nothing brighter than the border itself."""
    sides = (margin, margin, margin, margin)
    edge = cv2.copyMakeBorder(picture, *sides, cv2.BORDER_REPLICATE)
    mirrored = cv2.copyMakeBorder(picture, *sides, cv2.BORDER_REFLECT_101)
    return np.asarray(cv2.subtract(edge, cv2.subtract(mirrored, edge)), np.uint8)
