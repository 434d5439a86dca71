"""Straight strokes, as a neat hand or a ruler draws them: no digits, but ink."""

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.rendering import Map, draw_strokes, place
from ml.strokes import pen_width

_LEVEL_OR_UPRIGHT = 0.75
_UNSTEADIEST = 2.0
"""Of the hundred from one point of the grid to the next."""

_COLUMNS, _ROWS = 4, 5

_FARTHEST = 0.3
"""Of the height of what is underlined: how far below it a line is."""


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


def underlined(ink: Map, rng: np.random.Generator) -> Map:
    """`ink`, and below it one or two nearly level lines across all that is written, on more paper if it takes more."""
    x, y, width, height = cv2.boundingRect((ink > 0.5).view(np.uint8))
    if not width:
        return ink
    pen = max(1.0, pen_width(ink)) * rng.uniform(0.4, 1.1)
    below = rng.uniform(0, _FARTHEST) * height + pen / 2
    lines = []
    for line in range(rng.integers(1, 3)):
        ends = x + np.array([0, width]) + rng.normal(0, 0.1, 2) * height
        rows = y + height + below + line * rng.uniform(2, 4) * pen + rng.normal(0, 0.02, 2) * height
        lines.append(np.asarray(np.column_stack([ends, rows]), np.float32))
    deepest = max(line[:, 1].max() for line in lines) + 2 * pen
    paper = np.pad(ink, ((0, max(0, int(deepest) - len(ink))), (0, 0)))
    return np.maximum(paper, draw_strokes(lines, (paper.shape[0], paper.shape[1]), pen))


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
