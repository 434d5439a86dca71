"""Which candidates may be the slashes of a date: straight, leaning and high, as some ones are, too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ml.components import INK
from ml.runs import measure_run
from ml.segmentation import Candidate


class _Limits(NamedTuple):
    """`size`: times a digit's height, at least. `lean`, `stray`: of its own, as `ml.runs` measures them."""

    size: float
    lean: float
    stray: float


_POSSIBLE = _Limits(0.95, 0.2, 0.05)
_LIKELY = _Limits(1.1, 0.28, 0.035)
"""Of 100 ones of MNIST, two or three are as straight and leaning as this, few as high."""


def find_slashes(candidates: Sequence[Candidate]) -> list[int]:
    """Indices of what may be a slash rather than a 1: whole, and between others."""
    return [
        index
        for index, one in enumerate(candidates)
        if one.is_whole and one.start > 0 and one.end < candidates[-1].end and _is_within(one, _POSSIBLE)
    ]


def is_likely_slash(one: Candidate) -> bool:
    """Whether it is more like a slash than like a 1."""
    return _is_within(one, _LIKELY)


def _is_within(one: Candidate, limits: _Limits) -> bool:
    if one.size < limits.size:
        return False
    run = measure_run(one.crop > INK)
    return run.lean > limits.lean and run.stray < limits.stray
