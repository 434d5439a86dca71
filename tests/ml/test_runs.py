"""How slim strokes run: slashes lean, brackets bow, and a 1 does neither."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from ml.runs import measure_run


def _stroke(*points: tuple[int, int]) -> NDArray[np.bool_]:
    ink = np.zeros((140, 100), np.uint8)
    return np.asarray(cv2.polylines(ink, [np.array(points, np.int32)], False, 1, 7) > 0)


def test_upright_stroke_neither_leans_nor_bows() -> None:
    assert measure_run(_stroke((50, 20), (50, 120))) == pytest.approx((0, 0, 0), abs=0.02)


def test_slash_leans_to_the_right_and_is_straight() -> None:
    run = measure_run(_stroke((70, 20), (30, 120)))

    assert run.lean == pytest.approx(0.37, abs=0.04)
    assert run.stray < 0.03


@pytest.mark.parametrize(("middle", "bow"), [(30, -0.12), (70, 0.12)])
def test_bracket_bows_to_its_side(middle: int, bow: float) -> None:
    run = measure_run(_stroke((50, 20), (middle, 55), (middle, 85), (50, 120)))

    assert run.lean == pytest.approx(0, abs=0.02)
    assert run.bow == pytest.approx(bow, abs=0.06)


def test_single_pixel_and_broken_stroke_have_a_run() -> None:
    broken = _stroke((50, 20), (50, 120))
    broken[60:80] = False

    assert np.isfinite(measure_run(np.ones((1, 1), np.bool_))).all()
    assert measure_run(broken) == pytest.approx((0, 0, 0), abs=0.02)
