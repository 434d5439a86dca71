"""The best path: every piece in one digit or left out at a price, as many digits as the caller says."""

from dataclasses import replace

import numpy as np

from ml.reading_order import choose, cut_apart, find_signs, leaves_digit_out
from ml.segmentation import Candidate


def _candidate(
    start: int, end: int, *, width: int = 20, cuts: int = 0, border: bool = False, edge: bool = False
) -> Candidate:
    crop = np.ones((30, width), np.float32)
    return Candidate(crop, (start * 25, 0, width, 30), start, end, cuts=cuts, at_border=border, at_edge=edge)


WHOLE = _candidate(0, 2, width=34)
LEFT = _candidate(0, 1, cuts=1)
RIGHT = _candidate(1, 2, cuts=1)


def _choose(candidates: list[Candidate], belief: list[float], digits: int | None = None) -> list[int]:
    return choose(candidates, np.array(belief), digits)


def test_nothing_to_choose_from() -> None:
    assert _choose([], []) == []


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


def test_stub_of_a_component_read_in_parts_is_not_left_out_silently_and_dirt_is() -> None:
    blot = Candidate(np.ones((30, 60), np.float32), (0, 0, 60, 30), 0, 2, is_whole=True)
    digit, stub = replace(LEFT, size=1.0), replace(RIGHT, size=0.5)
    dirt = replace(_candidate(2, 3), size=0.5, is_whole=True)

    assert leaves_digit_out([digit, stub, blot, dirt], [0])
    assert not leaves_digit_out([digit, stub, blot, dirt], [0, 1])


SIGNS_AND_NUMBER = [_candidate(place, place + 1) for place in range(5)]


def test_sign_is_what_is_whole_and_surely_foreign() -> None:
    whole = Candidate(np.ones((30, 34), np.float32), (0, 0, 34, 30), 0, 2, is_whole=True)

    assert find_signs([LEFT, whole, RIGHT], np.array([1.0, 0.999, 0.5])) == [1]
    assert find_signs([LEFT, whole, RIGHT], np.array([1.0, 0.9, 0.5])) == []


def test_sign_is_left_out_whole_and_not_read_in_parts() -> None:
    digits = [_candidate(place, place + 1) for place in (2, 3)]
    candidates = [LEFT, WHOLE, RIGHT, *digits]
    belief = np.array([0.5, 1e-4, 0.5, 0.99, 0.99])

    assert choose(candidates, belief) == [0, 2, 3, 4]
    assert choose(candidates, belief, signs=[1]) == [3, 4]


def test_signs_may_stand_beside_a_number_but_not_in_it() -> None:
    assert not leaves_digit_out(SIGNS_AND_NUMBER, [2, 3, 4], signs=[0, 1])
    assert not leaves_digit_out(SIGNS_AND_NUMBER, [1, 2, 3], signs=[0, 4])
    assert leaves_digit_out(SIGNS_AND_NUMBER, [0, 1, 3, 4], signs=[2])


def test_what_may_be_a_digit_is_no_sign() -> None:
    assert leaves_digit_out(SIGNS_AND_NUMBER, [2, 3, 4], signs=[0])


def test_one_digit_beside_signs_is_no_number_and_two_are() -> None:
    assert leaves_digit_out(SIGNS_AND_NUMBER, [4], signs=[0, 1, 2, 3])
    assert not leaves_digit_out(SIGNS_AND_NUMBER, [3, 4], signs=[0, 1, 2])


def test_more_signs_than_a_cheque_would_have_are_no_signs() -> None:
    row = [_candidate(place, place + 1) for place in range(9)]

    assert not leaves_digit_out(row[1:], [6, 7], signs=[0, 1, 2, 3, 4, 5])
    assert leaves_digit_out(row, [7, 8], signs=[0, 1, 2, 3, 4, 5, 6])


def test_what_was_cut_apart_is_known() -> None:
    whole = Candidate(np.ones((30, 34), np.float32), (0, 0, 34, 30), 0, 2, is_whole=True)
    other = Candidate(np.ones((30, 20), np.float32), (50, 0, 20, 30), 2, 3, is_whole=True)
    candidates = [LEFT, whole, RIGHT, other]

    assert cut_apart(candidates, [0, 2, 3]) == [1]
    assert cut_apart(candidates, [1, 3]) == []


def test_last_resort_is_never_nothing() -> None:
    assert _choose([_candidate(0, 1)], [1e-9]) == [0]
