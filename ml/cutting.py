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
    down, up = _costs(small)
    middle = len(small) // 2
    through = (down + up - small)[middle]
    columns = _local_minima(through, max(2, round(_CLOSEST * height * scale)), _DEAREST * _stroke_width(small))
    above, below = down[:middle][::-1].tolist(), up[middle + 1 :].tolist()
    paths = [[*_walk(above, column)[::-1], column, *_walk(below, column)] for column in columns]
    rows = np.linspace(0, len(small) - 1, blot.shape[0])
    ratio = blot.shape[1] / small.shape[1]
    wide = [np.interp(rows, np.arange(len(small)), np.array(path) + 0.5) * ratio for path in paths]
    if not wide:
        return []
    return [np.rint(path).astype(np.int32) for path in np.maximum.accumulate(wide, axis=0)]


def _costs(ink: Map) -> tuple[Map, Map]:
    """The least cost of any path to each pixel, from the top row and from the bottom row: float32 (h, w) each."""
    total = np.stack([ink, ink[::-1]], axis=1)  # both ways at once
    for row in range(1, len(ink)):
        before = total[row - 1]
        best = before.copy()
        np.minimum(best[:, 1:], before[:, :-1] + _ASIDE, out=best[:, 1:])
        np.minimum(best[:, :-1], before[:, 1:] + _ASIDE, out=best[:, :-1])
        total[row] += best
    return total[:, 0], total[::-1, 1]


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


def _walk(costs: list[list[float]], column: int) -> list[int]:
    """The cheapest way back from `column` through rows of costs, one step a row; plain numbers are faster here."""
    way = []
    for row in costs:
        here, least = column, row[column]
        if column and row[column - 1] + _ASIDE <= least:
            here, least = column - 1, row[column - 1] + _ASIDE
        if column + 1 < len(row) and row[column + 1] + _ASIDE < least:
            here = column + 1
        column = here
        way.append(column)
    return way


def _stroke_width(ink: Map) -> float:
    mask = (ink > 0.5).astype(np.uint8)
    area = cv2.countNonZero(mask)
    core = cv2.erode(mask, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return max(1.0, 2 * area / max(1, area - cv2.countNonZero(core)))
