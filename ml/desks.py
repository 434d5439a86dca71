"""A desk around a sheet of paper: found by its brightness, and painted as the sheet is."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.paper import shrink

Grey = NDArray[np.uint8]

_TIGHT_SIDE = 150
"""Pixels: a picture of no more shows no desk around its paper."""

_SEARCH_SIDE = 100
_LEVELS = 22
_LEAST_SHEET = 0.4
_SOLID = 0.8
_CONVEX = 0.9
_MOST_BRIGHT_BORDER = 0.3
_DARK_DESK = 0.6
"""Of the sheet's brightness beside its edge; a shadow seldom takes that much, and its edge is not as sharp."""

_EDGE, _BESIDE = np.ones((5, 5), np.uint8), np.ones((9, 9), np.uint8)
"""What reaches two pixels beyond an edge, and what four."""

_FEWEST = 8
"""Pixels beside the edge, on either side."""


def without_desk(grey: Grey) -> Grey:
    """A photograph, uint8 (h, w), with all that is around a bright sheet painted as that is; as it was without one."""
    if max(grey.shape) <= _TIGHT_SIDE:
        return grey
    small = shrink(grey, _SEARCH_SIDE)
    sheet = _find_sheet(np.asarray(cv2.medianBlur(small, 3), np.uint8))
    if sheet is None:
        return grey
    inner = _eroded(sheet, _EDGE)
    if inner.mean() <= _border(sheet).mean():  # a patch of light in a corner
        return grey
    inside = cv2.resize(inner, grey.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
    return np.where(inside, grey, _continued_beyond(small, inner, grey.shape))


def _find_sheet(small: Grey) -> Grey | None:
    """Where there is a sheet, 1 and 0, uint8 (h, w): all of it that is brighter than the desk, in shadow, too.

    The lowest level above which one region is a sheet: below it, parts of the desk belong to that.
    """
    darkest, brightest = np.percentile(small, (2, 98))
    levels = np.geomspace(darkest + 1, brightest + 2, _LEVELS + 2)[1:-1].tolist()
    return next((sheet for level in levels if (sheet := _solid_above(small, level)) is not None), None)


def _solid_above(small: Grey, level: float) -> Grey | None:
    """The largest region brighter than this, if it is a sheet: large, solid, convex, and dark around sharp edges."""
    bright = (small > level).view(np.uint8)
    if _border(bright).mean() > _MOST_BRIGHT_BORDER:
        return None
    outlines, _ = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    outline = max(outlines, key=cv2.contourArea, default=None)
    if outline is None:
        return None
    _, _, width, height = cv2.boundingRect(outline)
    is_large = width >= _LEAST_SHEET * small.shape[1] and height >= _LEAST_SHEET * small.shape[0]
    if not is_large or cv2.contourArea(outline) <= _CONVEX * cv2.contourArea(cv2.convexHull(outline)):
        return None
    sheet = np.asarray(cv2.drawContours(np.zeros_like(small), [outline], -1, 1, cv2.FILLED), np.uint8)
    return sheet if bright[sheet > 0].mean() > _SOLID and _has_sharp_edges(small, sheet) else None


def _has_sharp_edges(small: Grey, sheet: Grey) -> bool:
    """Whether it is far darker beside the edge of the sheet than within it."""
    inside = small[_eroded(sheet, _EDGE) > _eroded(sheet, _BESIDE)]
    outside = small[cv2.dilate(sheet, _BESIDE) > cv2.dilate(sheet, _EDGE)]
    if min(len(inside), len(outside)) < _FEWEST:
        return False
    return bool(np.median(outside) <= _DARK_DESK * np.median(inside))


def _eroded(sheet: Grey, kernel: Grey) -> Grey:
    """Smaller on all sides on which it ends within the picture."""
    return np.asarray(cv2.erode(sheet, kernel, borderType=cv2.BORDER_CONSTANT, borderValue=1), np.uint8)


def _border(picture: Grey) -> Grey:
    return np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])


def _continued_beyond(small: Grey, inner: Grey, shape: tuple[int, ...]) -> Grey:
    """Everywhere the shade of the nearest point of the sheet, so that light falls off as on it: uint8 of this shape.

    `inner`: where in `small` there is the sheet.
    """
    closed = cv2.morphologyEx(np.where(inner > 0, small, np.uint8(0)), cv2.MORPH_CLOSE, _BESIDE)
    _, nearest = cv2.distanceTransformWithLabels(
        1 - inner, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    shades = np.zeros(nearest.max() + 1, np.uint8)
    shades[nearest[inner > 0]] = closed[inner > 0]
    smooth = cv2.GaussianBlur(shades[nearest], (0, 0), 1.5)
    return np.asarray(cv2.resize(smooth, shape[::-1], interpolation=cv2.INTER_LINEAR), np.uint8)
