"""Ink for the ink network alone: drawn along a ruler, with a broad nib, or with uneven pressure."""

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.rendering import Map, draw_strokes, place, stains
from ml.strokes import pen_width

_LEVEL_OR_UPRIGHT = 0.75
_UNSTEADY = 2.0
"""Of the hundred from one point of the grid to the next."""

_LEAST = 2
"""Pixels: to take away less makes no difference to speak of."""


def with_nib(ink: Map, rng: np.random.Generator) -> Map:
    """Ink, float32 (h, w) in [0, 1], with strokes in one direction as wide as before, and those across it finer."""
    lost = int(pen_width(ink) * rng.uniform(0.3, 0.75))
    if lost < _LEAST:
        return ink
    angle, half = rng.uniform(0, np.pi), lost / 2
    kernel = np.zeros((lost + 1, lost + 1), np.uint8)
    x, y = half * np.cos(angle), half * np.sin(angle)
    cv2.line(kernel, (round(half - x), round(half - y)), (round(half + x), round(half + y)), 1)
    return np.asarray(cv2.erode(ink, kernel, borderType=cv2.BORDER_REPLICATE), np.float32)


def with_pressure(ink: Map, rng: np.random.Generator) -> Map:
    """Ink, float32 (h, w) in [0, 1], paler where the pen was pressed less, by up to three quarters."""
    shape = (ink.shape[0], ink.shape[1])
    scale = rng.uniform(0.03, 0.2) * max(shape)
    light = np.clip(0.5 + 0.5 * stains(shape, (scale, scale), rng), 0, 1)
    return np.asarray(ink * (1 - rng.uniform(0.2, 0.75) * light), np.float32)


def draw_figure(rng: np.random.Generator) -> Map:
    """Joined straight lines, most of them level or upright, as in a neat 4, 7 or 1: float32 (h, w) in [0, 1].

    No digits, but ink: without them, the network takes straight bars for ruling, or for the edge of a desk.
    """
    count = int(rng.integers(1, 4))
    height = int(np.exp(rng.uniform(np.log(60), np.log(220))))
    width, pen = int(height * (0.3 + 0.75 * count)), height * rng.uniform(0.02, 0.14)
    size = rng.uniform(0.4, 0.85) * height
    strokes = []
    for index in range(count):
        left = (0.1 + 0.75 * index) * height
        strokes += place(_figure(rng), (left, rng.uniform(0.05, 0.95) * (height - size), 0.75 * size, size))
    return draw_strokes(strokes, (height, width), pen)


def _figure(rng: np.random.Generator) -> list[NDArray[np.float32]]:
    """One or two polylines between the points of a grid, 4 by 5."""
    polylines = []
    for _ in range(rng.integers(1, 3)):
        corners = [rng.integers(0, (4, 5))]
        for _ in range(rng.integers(1, 5)):
            corner = rng.integers(0, (4, 5))
            if rng.random() < _LEVEL_OR_UPRIGHT:
                axis = int(rng.integers(2))
                corner[axis] = corners[-1][axis]
            corners.append(corner)
        polylines.append(np.asarray(corners, np.float32) * 100 + rng.normal(0, _UNSTEADY, (len(corners), 2)))
    return [np.asarray(line, np.float32) for line in polylines]
