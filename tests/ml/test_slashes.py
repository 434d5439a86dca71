"""What may be the slash of a date, and what is a 1."""

from dataclasses import replace

import cv2
import numpy as np

from ml.segmentation import Candidate
from ml.slashes import find_slashes, is_likely_slash


def _stroke(place: int, top: int, bottom: int, *, size: float = 1.2) -> Candidate:
    """A straight stroke from the upper border to the lower one, in columns `top` and `bottom`."""
    ink = np.asarray(cv2.line(np.zeros((60, 50), np.uint8), (top, 2), (bottom, 57), 1, 5), np.float32)
    return Candidate(ink, (60 * place, 0, 50, 60), place, place + 1, size=size, is_whole=True)


def test_slash_is_straight_leaning_high_and_between_others() -> None:
    slash, upright, low = _stroke(1, 40, 10), _stroke(1, 25, 25), _stroke(1, 40, 10, size=0.8)
    first, last = replace(_stroke(0, 40, 10), start=0, end=1), replace(_stroke(2, 40, 10), start=2, end=3)

    assert find_slashes([first, slash, last]) == [1]
    assert find_slashes([first, upright, last]) == find_slashes([first, low, last]) == []
    assert find_slashes([first, replace(slash, is_whole=False), last]) == []
    assert is_likely_slash(slash) and not is_likely_slash(upright)
    assert not is_likely_slash(replace(slash, size=1.0))
