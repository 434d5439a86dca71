"""What pens make of a line: ink of strokes drawn round and even, as a broad nib and an uneven pressure leave it."""

import cv2
import numpy as np

from ml.rendering import Map, stains
from ml.strokes import pen_width

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
