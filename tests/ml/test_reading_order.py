"""The best ways: every piece in one digit or left out at a price, as many digits as the caller says."""

import tracemalloc
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from ml.calibration import Judgement
from ml.reading_order import find_steps, find_ways, spell
from ml.segmentation import Candidate
from ml.unread import leaves_digit_out


def _candidate(
    start: int, end: int, *, width: int = 20, cuts: int = 0, border: bool = False, edge: bool = False
) -> Candidate:
    crop = np.ones((30, width), np.float32)
    return Candidate(crop, (start * 25, 0, width, 30), start, end, cuts=cuts, at_border=border, at_edge=edge)


WHOLE = _candidate(0, 2, width=34)
LEFT = _candidate(0, 1, cuts=1)
RIGHT = _candidate(1, 2, cuts=1)


def _judgement(belief: list[float]) -> Judgement:
    """So surely each is a 3, and nothing else."""
    probabilities = np.zeros((len(belief), 10))
    probabilities[:, 3] = 1.0
    return Judgement(probabilities, 1.0 - np.array(belief), np.zeros(len(belief)))


def _choose(
    candidates: list[Candidate], belief: list[float], digits: int | None = None, signs: tuple[int, ...] = ()
) -> list[int]:
    return list(find_ways(find_steps(candidates, _judgement(belief), signs), digits)[0].path)


def test_nothing_to_choose_from() -> None:
    assert find_ways(find_steps([], _judgement([]))) == []


def test_sure_whole_is_not_cut() -> None:
    assert _choose([LEFT, WHOLE, RIGHT], [0.95, 0.9, 0.95]) == [1]


def test_doubtful_whole_is_cut() -> None:
    assert _choose([LEFT, WHOLE, RIGHT], [0.95, 0.02, 0.95]) == [0, 2]


def test_known_number_of_digits_decides() -> None:
    candidates = [LEFT, WHOLE, RIGHT]

    assert _choose(candidates, [0.5, 0.99, 0.5], digits=2) == [0, 2]
    assert _choose(candidates, [0.99, 0.1, 0.99], digits=1) == [1]


def test_nearest_possible_number_is_taken() -> None:
    assert _choose([LEFT, WHOLE, RIGHT], [0.5, 0.99, 0.5], digits=7) == [0, 2]


def test_cut_off_neighbour_is_left_out() -> None:
    candidates = [_candidate(0, 1, width=6, border=True), _candidate(1, 2)]

    assert _choose(candidates, [0.1, 0.99]) == [1]
    assert not leaves_digit_out(candidates, [1])


def test_narrow_digit_at_the_border_is_kept_where_the_picture_is_a_tight_crop() -> None:
    loose = [_candidate(0, 1, width=12, border=True), _candidate(1, 2), _candidate(2, 3, border=True)]
    tight = [_candidate(0, 1, width=12, border=True), _candidate(1, 2), _candidate(2, 3, border=True, edge=True)]

    assert _choose(loose, [0.98, 0.99, 0.99]) == [1, 2]
    assert _choose(tight, [0.98, 0.99, 0.99]) == [0, 1, 2]


def test_digit_at_the_border_is_kept_when_it_is_sure() -> None:
    candidates = [_candidate(0, 1, border=True), _candidate(1, 2)]

    assert _choose(candidates, [0.98, 0.99]) == [0, 1]


def test_letter_among_digits_is_left_out_but_known_of() -> None:
    candidates = [_candidate(0, 1), _candidate(1, 2)]

    path = _choose(candidates, [0.001, 0.99])

    assert path == [1]
    assert leaves_digit_out(candidates, path)


def test_small_whole_digit_is_left_out_only_where_it_is_doubtful() -> None:
    flat = replace(_candidate(1, 2), box=(25, 0, 24, 12), size=0.4, is_whole=True)

    assert _choose([_candidate(0, 1), flat], [0.99, 0.97]) == [0, 1]
    assert _choose([_candidate(0, 1), flat], [0.99, 0.2]) == [0]


def test_sign_is_left_out_whole_and_not_read_in_parts() -> None:
    digits = [_candidate(place, place + 1) for place in (2, 3)]
    candidates = [LEFT, WHOLE, RIGHT, *digits]
    belief = [0.5, 1e-4, 0.5, 0.99, 0.99]

    assert _choose(candidates, belief) == [0, 2, 3, 4]
    assert _choose(candidates, belief, signs=(1,)) == [3, 4]


def test_last_resort_is_never_nothing() -> None:
    assert _choose([_candidate(0, 1)], [1e-9]) == [0]


def _doubtful() -> Judgement:
    """A 3 that may be a 5, and a sure 7."""
    probabilities = np.zeros((2, 10))
    probabilities[0, [3, 5, 8]] = 0.7, 0.295, 0.005
    probabilities[1, 7] = 1.0
    return Judgement(probabilities, np.full(2, 0.01), np.zeros(2))


TWO = [_candidate(0, 1), _candidate(1, 2)]


def test_ways_are_sorted_and_differ_in_what_they_say() -> None:
    ways = find_ways(find_steps(TWO, _doubtful()))

    assert [way.digits for way in ways[:2]] == [(3, 7), (5, 7)]
    assert [way.path for way in ways[:2]] == [(0, 1), (0, 1)]
    assert ways[0].score - ways[1].score == pytest.approx(np.log(0.7 / 0.295))
    assert len({way.digits for way in ways}) == len(ways)
    assert all(a.score >= b.score for a, b in pairwise(ways))


def test_hardly_possible_digits_are_considered_only_where_they_are_asked_for() -> None:
    steps = find_steps(TWO, _doubtful())

    assert not any(8 in way.digits for way in find_ways(steps))
    said = spell((8, 7), steps)
    assert said is not None
    assert (said.digits, said.path) == ((8, 7), (0, 1))
    assert said.score < min(way.score for way in find_ways(steps) if len(way.digits) == 2)


def test_number_that_no_candidates_can_make_up_is_not_read() -> None:
    assert spell((1, 2, 3), find_steps(TWO, _doubtful())) is None


def test_known_number_is_found_among_many_better_ways_of_another_length() -> None:
    candidates = [_candidate(place, place + 1) for place in range(8)]
    probabilities = np.zeros((8, 10))
    probabilities[:, 1], probabilities[:, 7] = 0.5, 0.5
    steps = find_steps(candidates, Judgement(probabilities, np.full(8, 0.5), np.zeros(8)))

    assert {len(way.digits) for way in find_ways(steps)} == {8}
    assert {len(way.digits) for way in find_ways(steps, digits=2)} == {2}


@pytest.mark.parametrize("digits", [1, 32, 64])
def test_known_number_of_many_pieces_costs_little_memory(digits: int) -> None:
    """Each of 64 digits in three pieces, each piece perhaps a 1, runs of them perhaps anything."""
    candidates = [_candidate(start, start + run) for start in range(192) for run in (1, 2, 3) if start + run <= 192]
    probabilities = np.full((len(candidates), 10), 0.1)
    steps = find_steps(candidates, Judgement(probabilities, np.full(len(candidates), 0.5), np.zeros(len(candidates))))

    tracemalloc.start()
    ways = find_ways(steps, digits)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert {len(way.digits) for way in ways} == {digits}
    assert peak < 30_000_000
