"""Where a blot of touching digits may be cut: cheap paths from top to bottom, as in seam carving.

A path costs the ink it crosses, plus a little for every step aside; cuts are the best paths through the local
minima of that cost (Avidan and Shamir, "Seam Carving", 2007; for digits, Casey and Lecolinet, "A survey of
methods and strategies in character segmentation", 1996, call it over-segmentation).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Map = NDArray[np.float32]

MOST_CUTS = 10
_HEIGHT = 48
_ASIDE = 0.12
_CLOSEST = 0.12
_DEAREST = 3.0


def find_cuts(blot: Map, height: float) -> list[NDArray[np.int32]]:
    """Cuts through `blot` float32 (h, w), left to right: each the column, int32 (h,), where it passes each row.

    `height`: the usual height of a digit in pixels.
    """
    scale = min(1.0, _HEIGHT / blot.shape[0])
    size = (max(3, round(blot.shape[1] * scale)), max(3, round(blot.shape[0] * scale)))
    small = np.asarray(cv2.resize(blot, size, interpolation=cv2.INTER_AREA), np.float32)
    down, up = _costs(small), _costs(small[::-1])[::-1]
    middle = len(small) // 2
    through = (down + up - small)[middle]
    columns = _local_minima(through, max(2, round(_CLOSEST * height * scale)), _DEAREST * _stroke_width(small))
    paths = [_trace(down, up, middle, column) for column in columns]
    rows = np.linspace(0, len(small) - 1, blot.shape[0])
    ratio = blot.shape[1] / small.shape[1]
    wide = [np.interp(rows, np.arange(len(small)), path + 0.5) * ratio for path in paths]
    if not wide:
        return []
    return [np.rint(path).astype(np.int32) for path in np.maximum.accumulate(wide, axis=0)]


def _costs(ink: Map) -> Map:
    """The least cost of any path from the top row to each pixel."""
    total = ink.copy()
    for row in range(1, len(ink)):
        above = total[row - 1]
        best = above.copy()
        best[1:] = np.minimum(best[1:], above[:-1] + _ASIDE)
        best[:-1] = np.minimum(best[:-1], above[1:] + _ASIDE)
        total[row] += best
    return total


def _local_minima(cost: Map, distance: int, dearest: float) -> list[int]:
    """Columns of the lowest costs, at least `distance` apart and as far from either end."""
    columns: list[int] = []
    for column in np.argsort(cost, kind="stable"):
        if cost[column] > dearest or len(columns) == MOST_CUTS:
            break
        inside = distance <= column < len(cost) - distance
        if inside and all(abs(column - other) >= distance for other in columns):
            columns.append(int(column))
    return sorted(columns)


def _trace(down: Map, up: Map, middle: int, column: int) -> NDArray[np.float64]:
    path = np.empty(len(down))
    path[middle] = column
    for costs, rows in ((down, range(middle - 1, -1, -1)), (up, range(middle + 1, len(up)))):
        here = column
        for row in rows:
            low = max(0, here - 1)
            around = costs[row, low : here + 2] + _ASIDE * np.abs(np.arange(low, min(here + 2, costs.shape[1])) - here)
            here = low + int(around.argmin())
            path[row] = here
    return path


def _stroke_width(ink: Map) -> float:
    mask = (ink > 0.5).astype(np.uint8)
    area = cv2.countNonZero(mask)
    core = cv2.erode(mask, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return max(1.0, 2 * area / max(1, area - cv2.countNonZero(core)))
