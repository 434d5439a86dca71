import numpy as np
from numpy.typing import NDArray

from ml.gaps import without_gaps


def _seven() -> NDArray[np.float32]:
    darkness = np.zeros((100, 100), np.float32)
    darkness[20:26, 20:80] = darkness[20:90, 74:80] = 1
    return darkness


def test_stroke_of_which_a_part_was_not_found_is_whole_again() -> None:
    darkness = _seven()
    ink = darkness.copy()
    ink[:, 40:55] = 0
    darkness[20:26, :20] = darkness[20:26, 80:] = 0.6  # a paler line

    np.testing.assert_array_equal(without_gaps(ink, darkness), _seven())


def test_line_as_dark_as_ink_is_not_given_back() -> None:
    darkness = _seven()
    darkness[50:54, :] = 1

    np.testing.assert_array_equal(without_gaps(_seven(), darkness), _seven())


def test_stroke_of_which_hardly_anything_was_found_stays_so() -> None:
    darkness, ink = _seven(), np.zeros((100, 100), np.float32)
    ink[60:90, 74:80] = 1

    np.testing.assert_array_equal(without_gaps(ink, darkness), ink)


def test_blurred_edges_are_no_gaps() -> None:
    darkness = _seven()
    ink = darkness.copy()
    ink[25] = 0

    assert without_gaps(ink, darkness) is ink
