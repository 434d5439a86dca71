"""Strokes that are no digits: letters aside, what people and paper put where a digit was expected.

Points are float32 (n, 2), x and y in [0, 1000], y down, as in the files of pen strokes.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Stroke = NDArray[np.float32]
Draw = Callable[[np.random.Generator], list[Stroke]]

LOOK_ALIKES = frozenset("OoDlIiSsZzBbgq")
"""Letters that some hand writes as a digit: never taught as anything, never counted as wrongly accepted."""

_MOST_CORNERS = 8
"""A stroke of more points is a curve."""

_DOT = 50.0


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
    """A sign other than letter or digit: cross, hash, dollar, tick, arrow, star, percent, box, wave, dots.

    No two upright bars: they are an 11.
    """
    draw = SYMBOLS[int(rng.integers(len(SYMBOLS)))]
    return [_move(stroke, rng) for stroke in draw(rng)]


def _move(stroke: Stroke, rng: np.random.Generator) -> Stroke:
    """Each corner a little by itself; a curve, or a dot, as a whole."""
    is_whole = len(stroke) > _MOST_CORNERS or np.ptp(stroke, axis=0).max() < _DOT
    return np.asarray(stroke + rng.normal(0, 18, (1 if is_whole else len(stroke), 2)), np.float32)


def _lines(*strokes: list[tuple[float, float]]) -> Draw:
    return lambda rng: [np.asarray(stroke, np.float32) for stroke in strokes]


def _dots(rng: np.random.Generator) -> list[Stroke]:
    count = int(rng.integers(2, 6))
    return [np.asarray([(x, y), (x + 8, y + 8)], np.float32) for x, y in rng.uniform(200, 800, (count, 2))]


def _wave(rng: np.random.Generator) -> list[Stroke]:
    along = np.linspace(0, 1, 40)
    height = rng.uniform(60, 200)
    wave = 500 + height * np.sin(2 * np.pi * along * rng.uniform(1.5, 5))
    return [np.stack([along * 1000, wave], axis=1).astype(np.float32)]


def _star(rng: np.random.Generator) -> list[Stroke]:
    lines = int(rng.integers(3, 6))
    angles = np.pi * np.arange(lines) / lines + rng.uniform(0, 1)
    arms = 450 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return [np.asarray([500 - arm, 500 + arm], np.float32) for arm in arms]


def _ring(x: float, y: float, radius: float) -> Stroke:
    angles = np.linspace(0, 2 * np.pi, 24)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return np.asarray(circle * radius + (x, y), np.float32)


def _blot(rng: np.random.Generator) -> list[Stroke]:
    """A solid spot, drawn as a narrow spiral: nearly round, for a narrower one may be a 0 or a 1 of a broad pen."""
    turns = np.linspace(0, 2 * np.pi * 16, 400)
    across = rng.uniform(0.75, 1.0)
    lobes, depth, phase = int(rng.integers(2, 6)), rng.uniform(0, 0.2), rng.uniform(0, 2 * np.pi)
    radius = 500 * turns / turns[-1] * (1 - depth * np.sin(lobes * turns + phase))
    return [np.stack([500 + across * radius * np.cos(turns), 500 + radius * np.sin(turns)], axis=1).astype(np.float32)]


def _percent(rng: np.random.Generator) -> list[Stroke]:
    slash = np.asarray([(800, 100), (200, 900)], np.float32)
    return [_ring(250, 250, rng.uniform(90, 170)), slash, _ring(750, 750, rng.uniform(90, 170))]


def _dollar(rng: np.random.Generator) -> list[Stroke]:
    """An S with one bar through it or two, whole or only where they stick out."""
    corners = np.array(
        [(820, 270), (620, 110), (250, 130), (170, 420), (830, 560), (790, 860), (400, 900), (170, 720)]
    )
    curve = _smooth(corners + rng.normal(0, 35, corners.shape), 3)
    middle, lean, apart = rng.normal(500, 40), rng.normal(0, 60), rng.uniform(60, 130)
    top, bottom = rng.uniform(-150, 90), rng.uniform(910, 1150)
    sides = (0,) if rng.random() < 0.7 else (-apart, apart)
    pieces = ((0.0, 1.0),) if rng.random() < 0.8 else ((0.0, 0.25), (0.75, 1.0))
    bar = np.array([(middle + lean, top), (middle - lean, bottom)])
    return [curve] + [
        np.asarray([bar[0] + (bar[1] - bar[0]) * share + (side, 0) for share in piece], np.float32)
        for side in sides
        for piece in pieces
    ]


def _slash(rng: np.random.Generator) -> list[Stroke]:
    """Straight or nearly so, leaning to the right: by its height and its place only it is no 1."""
    lean, bow = rng.uniform(380, 750), rng.normal(0, 25)
    return [np.asarray([(500 + lean / 2, 0), (500 + bow, 500), (500 - lean / 2, 1000)], np.float32)]


def _comma(rng: np.random.Generator) -> list[Stroke]:
    return [np.asarray([(600, 100), (650, 400), (rng.uniform(200, 550), 900)], np.float32)]


_POINT = _lines([(500, 500), (508, 510)])
_CROSS = _lines([(100, 100), (900, 900)], [(900, 100), (100, 900)])
_PLUS = _lines([(500, 100), (500, 900)], [(100, 500), (900, 500)])
_EQUALS = _lines([(100, 350), (900, 350)], [(100, 650), (900, 650)])
_DASH = _lines([(100, 500), (900, 500)])
_HASH = _lines([(350, 100), (300, 900)], [(700, 100), (650, 900)], [(100, 350), (900, 350)], [(100, 650), (900, 650)])

SYMBOLS: tuple[Draw, ...] = (
    _CROSS,
    _PLUS,
    _EQUALS,
    _DASH,
    _HASH,
    _dollar,
    _lines([(100, 550), (400, 850), (900, 100)]),
    _lines([(100, 500), (900, 500)], [(650, 250), (900, 500), (650, 750)]),
    _lines([(150, 150), (850, 150), (850, 850), (150, 850), (150, 150)]),
    _lines([(500, 100), (900, 850), (100, 850), (500, 100)]),
    _lines([(500, 50), (500, 650)], [(500, 880), (508, 890)]),
    _dots,
    _wave,
    _star,
    _percent,
    _blot,
)


@dataclass(frozen=True, slots=True)
class Sign:
    """What stands beside an amount or in it; `height` and `middle`: the bounds of ml.rendering.Written's."""

    draw: Draw
    height: tuple[float, float]
    middle: tuple[float, float]


SIGNS = (
    Sign(_dollar, (0.8, 1.3), (0.4, 0.6)),
    Sign(_HASH, (0.6, 1.2), (0.4, 0.6)),
    Sign(_star, (0.3, 1.0), (0.2, 0.6)),
    Sign(_CROSS, (0.4, 1.0), (0.4, 0.6)),
    Sign(_PLUS, (0.4, 1.0), (0.4, 0.6)),
    Sign(_EQUALS, (0.2, 0.5), (0.4, 0.6)),
    Sign(_DASH, (0.15, 0.4), (0.4, 0.6)),
)
MARKS = (
    Sign(_POINT, (0.01, 0.06), (0.85, 1.0)),
    Sign(_comma, (0.12, 0.25), (0.9, 1.1)),
    Sign(_DASH, (0.15, 0.3), (0.4, 0.6)),
)
_SLASH = Sign(_slash, (1.0, 1.5), (0.4, 0.6))
SEPARATORS = (_SLASH, _SLASH, *MARKS)
"""Between a date's parts; two in five are slashes."""
