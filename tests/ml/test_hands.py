"""Other hands: strokes change as hands differ, and stay the character they are."""

import numpy as np
import pytest

from ml.hands import bend_strokes, change_hand, stretch

SQUARE = [np.array([[0, 0], [1000, 0], [1000, 1000], [0, 1000]], np.float32)]
ONE = [np.array([[480, 0], [500, 1000]], np.float32)]
_ANGLES = np.linspace(0, 2 * np.pi, 60)
ZERO = [np.stack([500 + 300 * np.sin(_ANGLES), 500 - 500 * np.cos(_ANGLES)], axis=1).astype(np.float32)]


def test_bent_strokes_differ_a_little() -> None:
    bent = bend_strokes(SQUARE, np.random.default_rng(3))

    distance = np.linalg.norm(bent[0] - SQUARE[0], axis=1)
    assert 1 < distance.mean() < 500


def test_a_freer_hand_differs_more() -> None:
    def mean_distance(freedom: float) -> float:
        bent = [bend_strokes(SQUARE, np.random.default_rng(seed), freedom=freedom)[0] for seed in range(50)]
        return float(np.linalg.norm(np.array(bent) - SQUARE[0], axis=2).mean())

    assert mean_distance(1.8) > 1.3 * mean_distance(1.0)


def test_some_ones_and_nothing_else_stand_on_a_foot() -> None:
    hands = [change_hand(ONE, "1", np.random.default_rng(seed)) for seed in range(200)]
    feet = [hand[-1] for hand in hands if len(hand) == 2]

    assert 20 < len(feet) < 70
    for foot, hand in zip(feet, (hand for hand in hands if len(hand) == 2), strict=True):
        lowest = hand[0][:, 1].max()
        assert np.abs(foot[:, 1] - lowest).max() < 200
        assert foot[:, 0].min() < hand[0][1, 0] < foot[:, 0].max()
    assert all(len(change_hand(ONE, "7", np.random.default_rng(seed))) == 1 for seed in range(50))


def test_some_zeros_and_nothing_else_are_struck_through_the_middle() -> None:
    hands = [change_hand(ZERO, "0", np.random.default_rng(seed)) for seed in range(200)]
    struck = [hand for hand in hands if len(hand) == 2]

    assert 15 < len(struck) < 50
    for ring, slash in struck:
        middle = (ring.min(axis=0) + ring.max(axis=0)) / 2
        assert np.linalg.norm(slash.mean(axis=0) - middle) < 150
        assert 0.5 < np.linalg.norm(np.ptp(slash, axis=0)) / np.linalg.norm(np.ptp(ring, axis=0)) < 1.8
    assert all(len(change_hand(ZERO, "6", np.random.default_rng(seed))) == 1 for seed in range(50))
    twice = [ZERO[0], np.asarray(ZERO[0] / 2, np.float32)]  # of two strokes already, the second may well be a slash
    assert all(len(change_hand(twice, "0", np.random.default_rng(seed))) == 2 for seed in range(50))


def test_some_round_strokes_stay_open_and_straight_ones_whole() -> None:
    def gap(stroke: np.ndarray) -> float:
        return float(np.linalg.norm(stroke[-1] - stroke[0]) / np.ptp(stroke, axis=0).max())

    gaps = [gap(change_hand(ZERO, "6", np.random.default_rng(seed))[0]) for seed in range(200)]

    assert 30 < sum(one > 0.05 for one in gaps) < 100
    assert max(gaps) < 0.4
    assert all(len(change_hand(ONE, "7", np.random.default_rng(seed))[0]) == 2 for seed in range(50))


@pytest.mark.parametrize(("share", "ratio"), [(0.0, 10.0), (1.0, 1.0)])
def test_stretching_goes_from_nothing_to_a_square(share: float, ratio: float) -> None:
    narrow = [np.array([[0, 0], [100, 1000]], np.float32)]

    width, height = np.ptp(stretch(narrow, share)[0], axis=0)

    assert height / width == pytest.approx(ratio, rel=0.01)


def test_upright_stroke_is_not_stretched_to_infinity() -> None:
    upright = [np.array([[500, 0], [500, 1000]], np.float32)]

    assert np.isfinite(stretch(upright, 1.0)[0]).all()
