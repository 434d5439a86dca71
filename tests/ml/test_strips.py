"""Strips: a digit of usual height is as high in each, wherever and however large the line is."""

import cv2
import numpy as np
import pytest

from ml.preprocessing import find_ink
from ml.segmentation import propose
from ml.strips import HEIGHT, make_strip


def _drawn(text: str, *, height: int = 300, scale: float = 4.0, pen: int = 8) -> np.ndarray:
    picture = np.full((height, 60 + round(26 * scale) * len(text)), 255, np.uint8)
    cv2.putText(picture, text, (30, height // 2 + 40), cv2.FONT_HERSHEY_SIMPLEX, scale, 0, pen, cv2.LINE_AA)
    return picture


def _strip(picture: np.ndarray) -> np.ndarray:
    candidates = propose(find_ink(picture))
    assert {one.line for one in candidates} == {0}
    return make_strip(candidates)


@pytest.mark.parametrize(("height", "scale", "pen"), [(100, 1.0, 2), (300, 4.0, 8), (900, 12.0, 12), (700, 4.0, 30)])
def test_digits_fill_the_strip_alike(height: int, scale: float, pen: int) -> None:
    strip = _strip(_drawn("2741", height=height, scale=scale, pen=pen))

    assert strip.shape[0] == HEIGHT and strip.dtype == np.uint8
    inked = np.flatnonzero(strip.max(axis=1) > 127)
    assert 20 <= inked[-1] - inked[0] + 1 <= 25
    assert abs((inked[0] + inked[-1]) / 2 - (HEIGHT - 1) / 2) <= 2
    assert 60 < strip.shape[1] < 130
    assert strip.max() > 200


def test_fine_pen_does_not_fade() -> None:
    strip = _strip(_drawn("2741", height=1000, scale=10.0, pen=2))

    assert (strip > 200).mean() > 0.02


@pytest.mark.parametrize("fall", [-15, -8, 8, 15])
def test_rising_or_falling_line_is_made_level(fall: int) -> None:
    pictures = [np.full((400, 700), 255, np.uint8) for _ in range(2)]
    for picture, step in zip(pictures, (0, fall), strict=True):
        for place, character in enumerate("274183"):
            where = (30 + 105 * place, 240 + round(step * (place - 2.5)))
            cv2.putText(picture, character, where, cv2.FONT_HERSHEY_SIMPLEX, 4, 0, 8, cv2.LINE_AA)

    level, slanted = (_strip(picture) for picture in pictures)

    assert abs(level.shape[1] - slanted.shape[1]) <= 2
    assert not slanted[0].any() and not slanted[-1].any()
    rows = [np.flatnonzero(strip.max(axis=1) > 127) for strip in (level, slanted)]
    assert abs(len(rows[0]) - len(rows[1])) <= 2


def test_single_line_of_dots_and_texture_never_fails() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        picture = np.where(rng.random((40, 600)) < 0.02, 0, 255).astype(np.uint8)
        candidates = propose(find_ink(picture))
        for line in {one.line for one in candidates}:
            assert make_strip([one for one in candidates if one.line == line]).shape[0] == HEIGHT
