"""Around a sheet, a desk is painted as the sheet is; what is no sheet stays as it was."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from ml.desks import without_desk

Grey = NDArray[np.uint8]


def _on_desk(rows: slice, columns: slice, *, desk: float = 60, paper: float = 210) -> NDArray[np.float64]:
    picture = np.full((300, 400), desk)
    picture[rows, columns] = paper
    return picture + np.random.default_rng(0).normal(0, 3, picture.shape)


def _as_grey(picture: NDArray[np.float64]) -> Grey:
    return np.clip(picture, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        (slice(30, 270), slice(40, 360)),
        (slice(90, 220), slice(120, 290)),
        (slice(60, 300), slice(70, 330)),
        (slice(0, 200), slice(50, 300)),
    ],
    ids=["large", "small", "cut off below", "cut off above"],
)
def test_desk_is_painted_as_the_sheet_is(rows: slice, columns: slice) -> None:
    picture = _as_grey(_on_desk(rows, columns))

    found = without_desk(picture)

    assert found.min() > 180
    middle = np.s_[rows.start + 20 : rows.stop - 20, columns.start + 20 : columns.stop - 20]
    np.testing.assert_array_equal(found[middle], picture[middle])


def test_part_of_a_sheet_in_shadow_is_no_desk() -> None:
    picture = _on_desk(np.s_[40:260], np.s_[50:350])
    picture *= np.interp(np.arange(400), (180, 230), (1.0, 0.55))
    picture[100:200, 300:306] *= 0.5

    found = without_desk(_as_grey(picture))

    np.testing.assert_array_equal(found[60:240, 70:330], _as_grey(picture)[60:240, 70:330])
    assert found[:, :150].min() > 180


@pytest.mark.parametrize("sigma", [1, 8])
def test_patch_of_light_in_a_corner_is_no_sheet(sigma: float) -> None:
    rows, columns = np.mgrid[:300, :400]
    light = np.where((rows > 160) & (columns < 190), 200.0, 80.0)
    picture = _as_grey(np.asarray(cv2.GaussianBlur(light, (0, 0), sigma), np.float64))

    assert without_desk(picture) is picture


def test_picture_of_few_pixels_is_left_alone() -> None:
    picture = _as_grey(_on_desk(np.s_[30:270], np.s_[40:360]))[::3, ::3]

    assert without_desk(picture) is picture
