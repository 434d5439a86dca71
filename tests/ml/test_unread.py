"""What may stay unread beside the digits: signs, dirt, nothing as large as a digit."""

from dataclasses import replace

import numpy as np

from ml.segmentation import Candidate
from ml.unread import cut_apart, find_signs, leaves_digit_out


def _candidate(start: int, end: int, *, cuts: int = 0) -> Candidate:
    return Candidate(np.ones((30, 20), np.float32), (start * 25, 0, 20, 30), start, end, cuts=cuts)


LEFT = _candidate(0, 1, cuts=1)
RIGHT = _candidate(1, 2, cuts=1)


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


def test_several_components_are_a_sign_together_where_none_is_one_by_itself() -> None:
    ring, slash, other_ring = (_candidate(place, place + 1) for place in range(3))
    percent, half = _candidate(0, 3), _candidate(0, 2)

    assert find_signs([ring, slash, percent, other_ring], np.array([0.0, 0.5, 1.0, 0.0])) == [2]
    assert find_signs([ring, slash, half, percent], np.array([0.0, 0.999, 1.0, 1.0])) == [1]
    assert find_signs([ring, replace(half, cuts=1)], np.array([0.0, 1.0])) == []


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


def test_what_is_left_out_of_a_line_that_is_believed_is_no_digit() -> None:
    candidates = [_candidate(place, place + 1) for place in range(3)]

    assert leaves_digit_out(candidates, [0, 2])
    assert not leaves_digit_out(candidates, [0, 2], believed=[0])
    assert leaves_digit_out([*candidates[:1], replace(candidates[1], line=1)], [0], believed=[0])
