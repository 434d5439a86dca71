"""Figures of straight lines, as a neat hand or a ruler draws them: no digits, but ink."""

import numpy as np
from numpy.typing import NDArray

from ml.rendering import Map, draw_strokes, place

_LEVEL_OR_UPRIGHT = 0.75
_UNSTEADY = 2.0
"""Of the hundred from one point of the grid to the next."""

_COLUMNS, _ROWS = 4, 5


def draw_figures(rng: np.random.Generator) -> Map:
    """One to three figures side by side, most of whose lines are level or upright: float32 (h, w) in [0, 1].

    Without them, the ink network takes a straight bar of a 4 or a 7 for ruling, or for the edge of a sheet.
    """
    count = int(rng.integers(1, 4))
    height = int(np.exp(rng.uniform(np.log(60), np.log(220))))
    width, pen = int(height * (0.3 + 0.75 * count)), height * rng.uniform(0.02, 0.14)
    size = rng.uniform(0.4, 0.85) * height
    strokes = []
    for index in range(count):
        left, top = (0.1 + 0.75 * index) * height, rng.uniform(0.05, 0.95) * (height - size)
        strokes += place(_figure(rng), (left, top, 0.75 * size, size))
    return draw_strokes(strokes, (height, width), pen)


def _figure(rng: np.random.Generator) -> list[NDArray[np.float32]]:
    """One or two polylines between the points of a grid."""
    polylines = []
    for _ in range(rng.integers(1, 3)):
        corners = [rng.integers(0, (_COLUMNS, _ROWS))]
        for _ in range(rng.integers(1, 5)):
            corner = rng.integers(0, (_COLUMNS, _ROWS))
            if rng.random() < _LEVEL_OR_UPRIGHT:
                axis = int(rng.integers(2))
                corner[axis] = corners[-1][axis]
            corners.append(corner)
        polylines.append(np.asarray(np.array(corners) * 100 + rng.normal(0, _UNSTEADY, (len(corners), 2)), np.float32))
    return polylines
