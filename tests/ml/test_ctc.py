"""What a line of outputs says, against all ways to say it counted one by one."""

from itertools import pairwise, product

import numpy as np

from ml.ctc import BLANK, Floats, likely_numbers, log_chances


def _said(way: tuple[int, ...]) -> tuple[int, ...]:
    """What one output after the other says: repeated ones once, blanks not at all."""
    return tuple(one for before, one in pairwise((BLANK, *way)) if one not in (before, BLANK))


def _chances(length: int) -> Floats:
    """Of 0, 1, 2 and blanks at random."""
    chances = np.random.default_rng(0).dirichlet(np.ones(11), length)
    chances[:, 3:BLANK] = 0
    return np.asarray(chances / chances.sum(axis=1, keepdims=True), np.float64)


def test_chance_of_a_number_is_that_of_all_ways_to_say_it() -> None:
    chances = _chances(5)
    numbers = [(), (0,), (1, 1), (0, 1, 2), (2, 2, 2), (0, 0, 1, 1)]
    expected = dict.fromkeys(numbers, 0.0)
    for way in product((0, 1, 2, BLANK), repeat=5):
        if _said(way) in expected:
            expected[_said(way)] += float(np.prod(chances[np.arange(5), way]))

    found = np.exp(log_chances(chances, numbers))

    np.testing.assert_allclose(found[:5], [expected[one] for one in numbers[:5]], rtol=1e-9)
    assert expected[(0, 0, 1, 1)] == 0 and found[5] < 1e-200


def test_long_lines_do_not_vanish() -> None:
    chances = np.full((2_000, 11), 1 / 11)

    assert np.isfinite(log_chances(chances, [(1,) * 60])).all()


def test_likely_numbers_are_the_most_probable_ones() -> None:
    chances = _chances(4)
    every: dict[tuple[int, ...], float] = {}
    for way in product((0, 1, 2, BLANK), repeat=4):
        every[_said(way)] = every.get(_said(way), 0.0) + float(np.prod(chances[np.arange(4), way]))

    found = likely_numbers(chances)

    assert found[0] == max(every, key=lambda number: every[number])
    assert len(found) == len(set(found)) > 3


def test_nothing_is_said_on_an_empty_line() -> None:
    chances = np.zeros((50, 11))
    chances[:, BLANK] = 1

    assert likely_numbers(chances) == [()]
    np.testing.assert_allclose(np.exp(log_chances(chances, [(), (1,)])), [1, 0], atol=1e-9)
