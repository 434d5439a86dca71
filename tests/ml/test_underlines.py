import numpy as np
import pytest
from numpy.typing import NDArray

from ml.underlines import remove_underlines


def _row(bars: int) -> NDArray[np.float32]:
    """Ones, side by side."""
    ink = np.zeros((120, 60 * bars + 40), np.float32)
    for index in range(bars):
        ink[20:80, 60 * index + 40 : 60 * index + 48] = 1
    return ink


@pytest.mark.parametrize("lines", [1, 2])
def test_line_on_which_digits_stand_is_taken_out_and_their_feet_stay(lines: int) -> None:
    ink = _row(3)
    for line in range(lines):
        ink[78 + 12 * line : 83 + 12 * line, 10:210] = 1
    ink[78:95, 45:48] = 1  # a foot that reaches both

    found = remove_underlines(ink)

    assert (found[20:78] == _row(3)[20:78]).all()
    assert found[78:83, 60:95].max() == 0
    assert found[78:83, 41:47].any()


def test_base_of_a_digit_along_the_line_stays() -> None:
    ink = _row(3)
    ink[78:82, 10:210] = 1
    ink[70:82, 100:150] = 1

    found = remove_underlines(ink)

    assert found[70:81, 100:150].min() == 1
    assert found[78:82, 60:95].max() == 0


@pytest.mark.parametrize("rows", [(10, 15), (48, 53), (20, 21)])
def test_line_elsewhere_stays(rows: tuple[int, int]) -> None:
    ink = _row(3)
    ink[slice(*rows), 10:210] = 1

    assert remove_underlines(ink) is ink


def test_base_of_a_single_digit_is_no_underline() -> None:
    ink = np.zeros((100, 100), np.float32)
    ink[20:80, 50:58] = ink[76:84, 20:80] = 1

    assert remove_underlines(ink) is ink


def test_line_thicker_than_the_pen_stays() -> None:
    ink = _row(3)
    ink[78:100, 10:210] = 1

    assert remove_underlines(ink) is ink


def test_nothing_is_underlined_on_blank_or_tiny_paper() -> None:
    for shape in ((100, 100), (8, 8), (1, 300)):
        blank = np.zeros(shape, np.float32)

        assert remove_underlines(blank) is blank
