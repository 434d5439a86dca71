"""Polylines, as a neat hand or a ruler draws them: no digits, but ink."""

import numpy as np
from numpy.typing import NDArray

from ml.rendering import Map, draw_strokes, place

_LEVEL_OR_UPRIGHT = 0.75
_UNSTEADIEST = 2.0
"""Of the hundred from one point of the grid to the next."""

_COLUMNS, _ROWS = 4, 5


def draw_polylines(rng: np.random.Generator) -> Map:
    """One to three groups of them side by side, most of whose lines are level or upright: float32 (h, w) in [0, 1].

    Without them, the ink network takes a straight bar of a 4 or a 7 for ruling, or for the edge of a sheet.
    """
    count = int(rng.integers(1, 4))
    height = int(np.exp(rng.uniform(np.log(60), np.log(220))))
    width, pen = int(height * (0.3 + 0.75 * count)), height * rng.uniform(0.02, 0.14)
    size = rng.uniform(0.4, 0.85) * height
    strokes = []
    for index in range(count):
        left, top = (0.1 + 0.75 * index) * height, rng.uniform(0.05, 0.95) * (height - size)
        strokes += place(draw_group(rng), (left, top, 0.75 * size, size))
    return draw_strokes(strokes, (height, width), pen)


def draw_group(rng: np.random.Generator) -> list[NDArray[np.float32]]:
    """One or two polylines between points of a grid of a hundred, a little beside them: float32 (n, 2), x and y."""
    polylines, unsteady = [], rng.uniform(0, _UNSTEADIEST)
    for _ in range(rng.integers(1, 3)):
        corners = [rng.integers(0, (_COLUMNS, _ROWS))]
        for _ in range(rng.integers(1, 5)):
            corners.append(_next(corners[-1], rng))
        polylines.append(np.asarray(np.array(corners) * 100 + rng.normal(0, unsteady, (len(corners), 2)), np.float32))
    return polylines


def _next(corner: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Another point of the grid, mostly in the same column or row."""
    kept = int(rng.integers(2)) if rng.random() < _LEVEL_OR_UPRIGHT else None
    while True:
        other = rng.integers(0, (_COLUMNS, _ROWS))
        if kept is not None:
            other[kept] = corner[kept]
        if (other != corner).any():
            return other
