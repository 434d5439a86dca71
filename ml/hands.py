"""The same character by another hand: pen strokes bent, stretched, and given what other writers add."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Stroke = NDArray[np.float32]
Strokes = Sequence[Stroke]
"""Each float32 (n, 2), points x, y; y down, the character's longest side about 1000."""

_FOOT_SHARE = 0.2


def bend_strokes(strokes: Strokes, rng: np.random.Generator, *, freedom: float = 1.0) -> list[Stroke]:
    """The same character by a slightly different hand: slanted, turned, squeezed, and smoothly bent.

    `freedom`: times as far as most hands differ.
    """
    slant, turn = rng.normal(0, 0.12 * freedom), np.deg2rad(rng.normal(0, 5 * freedom))
    squeeze = np.exp(rng.normal(0, 0.12 * freedom))
    linear = np.array([[squeeze * np.cos(turn), -np.sin(turn) - slant], [np.sin(turn), np.cos(turn)]], np.float32)
    waves = rng.normal(0, 12 * freedom, (2, 2)).astype(np.float32)
    phases = rng.uniform(0, 2 * np.pi, (2, 2))
    frequency = 2 * np.pi / rng.uniform(500, 1200)
    return [_bend(stroke @ linear.T, waves, phases, frequency) for stroke in strokes]


def _bend(points: Stroke, waves: NDArray[np.float32], phases: NDArray[np.float64], frequency: float) -> Stroke:
    x, y = points[:, :1] * frequency, points[:, 1:] * frequency
    offsets = waves[0] * np.sin(y + phases[0]) + waves[1] * np.sin(x + phases[1])
    return np.asarray(points + offsets, np.float32)


def change_hand(strokes: Strokes, label: str, rng: np.random.Generator) -> list[Stroke]:
    """The same character by a hand that is unlike most: bent further, a 1 now and then on a foot."""
    bent = bend_strokes(strokes, rng, freedom=rng.uniform(1.0, 1.8))
    return [*bent, _foot(bent, rng)] if label == "1" and rng.random() < _FOOT_SHARE else bent


def _foot(strokes: Strokes, rng: np.random.Generator) -> Stroke:
    """A bar under the lowest point, a quarter to six tenths as long as the strokes are high."""
    points = np.concatenate(list(strokes))
    x, y = points[points[:, 1].argmax()]
    half = 0.5 * rng.uniform(0.25, 0.6) * float(np.ptp(points[:, 1]))
    ends = np.array([[x - half, y], [x + half, y]]) + rng.normal(0, 0.08 * half, (2, 2))
    return np.asarray(ends, np.float32)


def stretch(strokes: Strokes, share: float) -> list[Stroke]:
    """Wider or higher by `share`, in [0, 1], of what is missing to a square, as in collections that fill one."""
    size = np.maximum(np.ptp(np.concatenate(list(strokes)), axis=0), 100.0)
    factors = ((size.max() / size) ** share).astype(np.float32)
    return [np.asarray(stroke * factors, np.float32) for stroke in strokes]
