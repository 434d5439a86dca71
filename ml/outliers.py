"""Strokes that are no digits: letters aside, what people and paper put where a digit was expected.

Points are float32 (n, 2), x and y in [0, 1000], y down, as in the files of pen strokes.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Stroke = NDArray[np.float32]

LOOK_ALIKES = frozenset("OoDlIiSsZzBbgq")
"""Letters that some hand writes as a digit: never taught as anything, never counted as wrongly accepted."""


def scribble(rng: np.random.Generator) -> list[Stroke]:
    """A pen wandering about: between a few wide turns and a dense tangle."""
    return [_wander(rng) for _ in range(rng.integers(1, 4))]


def _wander(rng: np.random.Generator) -> Stroke:
    turns = int(rng.integers(6, 40))
    corners = rng.uniform(0, 1000, (turns, 2))
    if rng.random() < 0.3:
        corners[:, 0] = np.linspace(0, 1000, turns) + rng.normal(0, 30, turns)
        corners[:, 1] = np.where(np.arange(turns) % 2, 150, 850) + rng.normal(0, 90, turns)
    return _smooth(corners, int(rng.integers(1, 9)))


def _smooth(corners: NDArray[np.float64], passes: int) -> Stroke:
    """Chaikin's corner cutting, once for rounded zigzags, several times for curves."""
    points = corners
    for _ in range(min(passes, 4)):
        near = 0.75 * points[:-1] + 0.25 * points[1:]
        far = 0.25 * points[:-1] + 0.75 * points[1:]
        points = np.stack([near, far], axis=1).reshape(-1, 2)
    return points.astype(np.float32)


def symbol(rng: np.random.Generator) -> list[Stroke]:
    """A sign other than letter or digit: cross, plus, equals, hash, tick, arrow, star, percent, box, wave, dots."""
    draw = SYMBOLS[int(rng.integers(len(SYMBOLS)))]
    return [(stroke + rng.normal(0, 18, stroke.shape)).astype(np.float32) for stroke in draw(rng)]


def _lines(*strokes: list[tuple[float, float]]) -> Callable[[np.random.Generator], list[Stroke]]:
    return lambda rng: [np.asarray(stroke, np.float32) for stroke in strokes]


def _dots(rng: np.random.Generator) -> list[Stroke]:
    count = int(rng.integers(1, 6))
    return [np.asarray([(x, y), (x + 8, y + 8)], np.float32) for x, y in rng.uniform(200, 800, (count, 2))]


def _wave(rng: np.random.Generator) -> list[Stroke]:
    along = np.linspace(0, 1, 40)
    height = rng.uniform(60, 200)
    wave = 500 + height * np.sin(2 * np.pi * along * rng.uniform(1.5, 5))
    return [np.stack([along * 1000, wave], axis=1).astype(np.float32)]


def _star(rng: np.random.Generator) -> list[Stroke]:
    angles = np.pi * np.arange(int(rng.integers(3, 6))) / 3 + rng.uniform(0, 1)
    arms = 450 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return [np.asarray([500 - arm, 500 + arm], np.float32) for arm in arms]


def _ring(x: float, y: float, radius: float) -> Stroke:
    angles = np.linspace(0, 2 * np.pi, 24)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return np.asarray(circle * radius + (x, y), np.float32)


def _percent(rng: np.random.Generator) -> list[Stroke]:
    slash = np.asarray([(800, 100), (200, 900)], np.float32)
    return [_ring(250, 250, rng.uniform(90, 170)), slash, _ring(750, 750, rng.uniform(90, 170))]


SYMBOLS: tuple[Callable[[np.random.Generator], list[Stroke]], ...] = (
    _lines([(100, 100), (900, 900)], [(900, 100), (100, 900)]),
    _lines([(500, 100), (500, 900)], [(100, 500), (900, 500)]),
    _lines([(100, 350), (900, 350)], [(100, 650), (900, 650)]),
    _lines([(100, 500), (900, 500)]),
    _lines([(350, 100), (300, 900)], [(700, 100), (650, 900)], [(100, 350), (900, 350)], [(100, 650), (900, 650)]),
    _lines([(100, 550), (400, 850), (900, 100)]),
    _lines([(100, 500), (900, 500)], [(650, 250), (900, 500), (650, 750)]),
    _lines([(150, 150), (850, 150), (850, 850), (150, 850), (150, 150)]),
    _lines([(500, 100), (900, 850), (100, 850), (500, 100)]),
    _lines([(500, 50), (500, 650)], [(500, 880), (508, 890)]),
    _lines([(300, 100), (300, 900)], [(700, 100), (700, 900)]),
    _dots,
    _wave,
    _star,
    _percent,
)
