"""Paper under uneven light: its shade at every point, so that ink can be measured against it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.sizes import longest

Grey = NDArray[np.uint8]

LEAST_SIDE = 48
_ENLARGED = 384
"""Pixels: in a photograph of fewer, strokes are finer than those that the ink network knows."""

_SKEW_SIDE = 100
_SHEET_SIDE = 100
_TIGHT_SIDE = 150
"""Pixels: a picture of no more shows no desk around its paper."""

_LEAST_SHEET = 0.4
_MOST_BRIGHT_BORDER = 0.3
_DARK_DESK = 0.55
"""Of the sheet's brightness; a shadow seldom takes that much."""

_LIGHT_DESK = 75
"""Per cent of the desk are darker."""

_SOLID = 0.8
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


def without_desk(grey: Grey) -> Grey:
    """The picture with everything around a bright sheet painted as the sheet is; as it was if there is none.

    A sheet is one solid bright region, at least _LEAST_SHEET of the picture wide and high, with dark around it. What
    lies in shadow is not that dark, a light stroke is not solid.
    """
    if max(grey.shape) <= _TIGHT_SIDE:
        return grey
    small = shrink(grey, _SHEET_SIDE)
    level, _ = cv2.threshold(small, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    desk, sheet = np.median(small[small <= level]), np.median(small[small > level])
    around = _border(small)
    if desk > _DARK_DESK * sheet or (around > level).mean() > _MOST_BRIGHT_BORDER:
        return grey
    # What of a sheet lies in shadow is nearer to its shade than to the desk's, by their ratios.
    desk = np.percentile(around[around <= level], _LIGHT_DESK)
    bright = np.asarray(small + 1.0 > ((desk + 1) * (sheet + 1)) ** 0.5, np.uint8)
    outlines, _ = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    outline = max(outlines, key=cv2.contourArea)
    _, _, width, height = cv2.boundingRect(outline)
    filled = np.asarray(cv2.drawContours(np.zeros_like(small), [outline], -1, 1, cv2.FILLED), np.uint8)
    ink_free = float(bright[filled > 0].mean())
    is_solid = cv2.contourArea(outline) > _SOLID * cv2.contourArea(cv2.convexHull(outline)) and ink_free > _SOLID
    if not is_solid or width < _LEAST_SHEET * small.shape[1] or height < _LEAST_SHEET * small.shape[0]:
        return grey
    kernel = np.ones((5, 5), np.uint8)
    inner = np.asarray(cv2.erode(filled, kernel, borderType=cv2.BORDER_CONSTANT, borderValue=1), np.uint8)
    inside = cv2.resize(inner, grey.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
    return np.where(inside, grey, _continued_beyond(small, inner, grey.shape)) if inside.any() else grey


def _border(picture: Grey) -> Grey:
    return np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])


def _continued_beyond(small: Grey, inner: Grey, shape: tuple[int, ...]) -> Grey:
    """Everywhere the shade of the nearest point of the sheet, so that light falls off as on it: uint8 of this shape.

    `inner`: where in `small` there is the sheet.
    """
    closed = cv2.morphologyEx(np.where(inner > 0, small, np.uint8(0)), cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    _, nearest = cv2.distanceTransformWithLabels(
        1 - inner, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    shades = np.zeros(nearest.max() + 1, np.uint8)
    shades[nearest[inner > 0]] = closed[inner > 0]
    smooth = cv2.GaussianBlur(shades[nearest], (0, 0), 1.5)
    return np.asarray(cv2.resize(smooth, shape[::-1], interpolation=cv2.INTER_LINEAR), np.uint8)


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
    """`picture` with its longer side at most `side` pixels, or what `ml.sizes.longest` allows a strip."""
    height, width = picture.shape
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
