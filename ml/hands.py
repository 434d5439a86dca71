"""The same character by another hand: pen strokes bent, stretched, and given what other writers add."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Stroke = NDArray[np.float32]
Strokes = Sequence[Stroke]
"""Each float32 (n, 2), points x, y; y down, the character's longest side about 1000."""

_FOOT_SHARE = 0.2
_SLASH_SHARE = 0.15
_CUT_SHARE = 0.3
_LONGEST_CUT = 0.09
"""Of a stroke's length: where a loop stays open, or a tail is short."""


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
    """The same character by a hand that is unlike most.

    Bent further; now and then a stroke begins late or ends early, a 1 stands on a foot, a 0 is struck through.
    """
    bent = bend_strokes(strokes, rng, freedom=rng.uniform(1.0, 1.8))
    changed = [_shorten(stroke, rng) if rng.random() < _CUT_SHARE else stroke for stroke in bent]
    if label == "1" and rng.random() < _FOOT_SHARE:
        changed.append(_foot(changed, rng))
    if label == "0" and len(changed) == 1 and rng.random() < _SLASH_SHARE:
        changed.append(_slash(changed, rng))
    return changed


def _shorten(stroke: Stroke, rng: np.random.Generator) -> Stroke:
    """Without a part of its beginning or of its end, by length; what is nearly straight stays."""
    steps = np.linalg.norm(np.diff(stroke, axis=0), axis=1)
    along = np.append(0.0, np.cumsum(steps))
    if along[-1] < 1.5 * np.linalg.norm(np.ptp(stroke, axis=0)):
        return stroke
    missing = rng.uniform(0.02, _LONGEST_CUT) * along[-1]
    first, last = (missing, along[-1]) if rng.random() < 0.5 else (0.0, along[-1] - missing)
    where = np.array([first, *along[(along > first) & (along < last)], last])
    return np.stack([np.interp(where, along, stroke[:, axis]) for axis in (0, 1)], axis=1).astype(np.float32)


def _slash(strokes: Strokes, rng: np.random.Generator) -> Stroke:
    """A straight line through the middle, mostly rising to the right; within the strokes, or well beyond them."""
    points = np.concatenate(list(strokes))
    middle, size = (points.min(axis=0) + points.max(axis=0)) / 2, np.ptp(points, axis=0)
    angle = np.deg2rad(rng.uniform(25, 80)) * (1 if rng.random() < 0.85 else -1)
    half = 0.5 * rng.uniform(0.7, 1.5) * float(np.hypot(size[0] * np.cos(angle), size[1] * np.sin(angle)))
    arm = half * np.array([np.cos(angle), -np.sin(angle)])
    ends = np.array([middle - arm, middle + arm]) + rng.normal(0, 0.05 * half, (2, 2))
    return np.asarray(ends, np.float32)


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
