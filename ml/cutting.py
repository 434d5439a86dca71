"""Where a blot of touching digits may be cut: cheap paths from top to bottom, as in seam carving.

A path pays for every stroke that it enters, a little for the ink on its way, and a little for every step aside: where
two round digits touch side by side, the way between them leads along much ink, but of one stroke only. Cuts are the
cheapest paths through the middle row that leave ink between them (Avidan and Shamir, "Seam Carving", 2007; for digits,
Casey and Lecolinet, "A survey of methods and strategies in character segmentation", 1996, call it over-segmentation).
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.strokes import pen_width

Map = NDArray[np.float32]

MOST_CUTS = 40
_HEIGHT = 64
_ASIDE = 0.3
_ALONG = 0.15
"""Of a pixel of ink on the way; entering a stroke costs its width."""

_CLOSEST = 0.06
_DEAREST = 3.5
"""Stroke widths."""

_LEAST_INK = 0.5
"""Between two cuts, in strokes as long as a digit is high: half a 1. With less they are one cut."""


def find_cuts(blot: Map, height: float) -> list[NDArray[np.int32]]:
    """Cuts through `blot` float32 (h, w), left to right: each the column, int32 (h,), where it passes each row.

    `height`: the usual height of a digit in pixels.
    """
    scale = min(1.0, _HEIGHT / blot.shape[0])
    size = (max(3, round(blot.shape[1] * scale)), max(3, round(blot.shape[0] * scale)))
    small = np.asarray(cv2.resize(blot, size, interpolation=cv2.INTER_AREA), np.float32)
    height *= scale
    stroke_width = max(1.0, pen_width(small))
    paths = _distinct(_paths(small, height, stroke_width), small, _LEAST_INK * stroke_width * height)
    rows = np.linspace(0, len(small) - 1, blot.shape[0])
    ratio = blot.shape[1] / small.shape[1]
    wide = [np.interp(rows, np.arange(len(small)), path + 0.5) * ratio for path in paths]
    if not wide:
        return []
    return [np.rint(path).astype(np.int32) for path in np.maximum.accumulate(wide, axis=0)]


def _paths(ink: Map, height: float, stroke_width: float) -> Iterator[NDArray[np.int64]]:
    """Cuts, the cheapest first: each int64 (h,), the column in each row."""
    middle = len(ink) // 2
    from_above, upwards = _ways(ink[: middle + 1], stroke_width)
    from_below, downwards = _ways(ink[middle:][::-1], stroke_width)
    through = from_above + from_below - (stroke_width + _ALONG) * ink[middle]
    for column in _cheapest(through, max(2, round(_CLOSEST * height)), _DEAREST * stroke_width):
        yield np.array([*_walk(upwards, column)[::-1], column, *_walk(downwards, column)])


def _distinct(paths: Iterator[NDArray[np.int64]], ink: Map, least: float) -> list[NDArray[np.int64]]:
    """The first MOST_CUTS paths, left to right, that leave at least this much ink between them and on either side."""
    left_of = np.cumsum(ink, axis=1) - ink
    ends = 0.0, float(ink.sum())
    kept: dict[float, NDArray[np.int64]] = {}
    for path in paths:
        here = float(left_of[np.arange(len(ink)), path].sum())
        if all(abs(here - other) >= least for other in (*ends, *kept)):
            kept[here] = path
        if len(kept) == MOST_CUTS:
            break
    return [kept[here] for here in sorted(kept)]


def _ways(ink: Map, entering: float) -> tuple[Map, list[list[int]]]:
    """The least cost of any path from the first row to each pixel of the last one, float32 (w,), and the way back.

    `entering`: the price of a stroke. The way back: for each row from the last to the second, and each column, -1, 0
    or 1 to the column in the row before.
    """
    height, width = ink.shape
    before = np.pad(ink[:-1], ((0, 0), (1, 1)))
    along = _ALONG * ink
    straight, from_left, from_right = (
        entering * np.maximum(ink[1:] - before[:, start : start + width], 0) + along[1:] + aside
        for start, aside in ((1, 0), (0, _ASIDE), (2, _ASIDE))
    )
    total = np.full(width + 2, np.inf, np.float32)
    total[1:-1] = entering * ink[0] + along[0]
    is_left, is_right = np.empty((2, height - 1, width), np.bool_)
    for row in range(height - 1):
        best, left, right = total[1:-1] + straight[row], total[:-2] + from_left[row], total[2:] + from_right[row]
        np.less(left, best, out=is_left[row])
        np.minimum(best, left, out=best)
        np.less(right, best, out=is_right[row])
        np.minimum(best, right, out=total[1:-1])
    steps = np.where(is_right, 1, np.where(is_left, -1, 0))
    return total[1:-1], steps[::-1].tolist()


def _cheapest(cost: Map, distance: int, dearest: float) -> Iterator[int]:
    """Columns of the lowest costs, the lowest first, at least `distance` apart and as far from either end."""
    is_free = np.zeros(len(cost), np.bool_)
    is_free[distance : len(cost) - distance] = True
    for column in np.argsort(cost, kind="stable").tolist():
        if cost[column] > dearest:
            break
        if is_free[column]:
            is_free[max(0, column - distance + 1) : column + distance] = False
            yield column


def _walk(back: list[list[int]], column: int) -> list[int]:
    """The columns on the way back from `column`, row by row."""
    way = []
    for steps in back:
        column += steps[column]
        way.append(column)
    return way
