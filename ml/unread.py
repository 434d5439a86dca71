"""What a way to read a picture leaves unread, and whether it may: signs beside a number, torn pieces, dirt."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from ml.reading_order import DIGIT_SIZE
from ml.segmentation import Candidate

_STUB_SIZE = 0.4
_SIGN = 0.99
_NUMBER = 2
_MOST_SIGNS = 6
"""So many digits are a number, beside which so many signs may stand."""


def cut_apart(candidates: Sequence[Candidate], path: Sequence[int]) -> list[int]:
    """Indices of the whole components of which the path reads only parts: these had better be digits that touch."""
    parts = [candidates[index] for index in path if candidates[index].cuts]
    return [
        index
        for index, whole in enumerate(candidates)
        if whole.is_whole and any(whole.start <= part.start < whole.end for part in parts)
    ]


def find_signs(candidates: Sequence[Candidate], foreign: NDArray[np.float64]) -> list[int]:
    """Indices of what surely is not made of digits; `foreign`: float64 (N,), how surely.

    Whole components, and several together where none of them is a sign by itself: the rings of a per cent sign are
    zeros.
    """
    sure = [index for index, one in enumerate(candidates) if not one.cuts and foreign[index] > _SIGN]
    return [
        index
        for index in sure
        if not any(_is_part(candidates[other], candidates[index]) for other in sure if other != index)
    ]


def _is_part(one: Candidate, whole: Candidate) -> bool:
    return whole.start <= one.start and one.end <= whole.end


def leaves_digit_out(
    candidates: Sequence[Candidate], path: Sequence[int], signs: Collection[int] = (), believed: Collection[int] = ()
) -> bool:
    """Whether the path leaves out ink as large as a digit, and not cut off by the border: something unread.

    Less is enough where the rest of its component is read: that is no dirt. Signs beside a number do not count, as on
    a cheque: $407, **407; nor does what is in the lines that are `believed`.
    """
    read = {piece for index in path for piece in _pieces(candidates[index])}
    torn = {piece for index in cut_apart(candidates, path) for piece in _pieces(candidates[index])}
    unread = {
        one.start
        for one in candidates
        if one.end == one.start + 1
        and one.start not in read
        and one.size > (_STUB_SIZE if one.start in torn else DIGIT_SIZE)
        and not one.at_border
        and one.line not in believed
    }
    beside = [candidates[index] for index in signs if not min(read) < candidates[index].start < max(read)]
    if len(path) >= _NUMBER and len(beside) <= _MOST_SIGNS:
        unread.difference_update(*(_pieces(one) for one in beside))
    return bool(unread)


def _pieces(candidate: Candidate) -> range:
    return range(candidate.start, candidate.end)
