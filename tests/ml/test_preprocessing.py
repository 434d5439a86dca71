"""Preprocessing: ink is found whatever the paper, the light and the pen; digits come out as in MNIST."""

import cv2
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ml.paper import enlarge
from ml.preprocessing import find_ink, normalise
from ml.sizes import longest
from tests.pictures import drawing

Grey = NDArray[np.uint8]


def _grey(digits: str = "4", *, side: int = 280, pen: int = 18) -> Grey:
    return np.asarray(drawing(digits, side=side, pen=pen).convert("L"), np.uint8)


def _truth(digits: str = "4", *, side: int = 280, pen: int = 18) -> NDArray[np.bool_]:
    return _grey(digits, side=side, pen=pen) < 128


def _agreement(found: NDArray[np.float32], truth: NDArray[np.bool_]) -> float:
    """Intersection over union, in [0, 1], at the truth's size."""
    mask = cv2.resize(found, (truth.shape[1], truth.shape[0]), interpolation=cv2.INTER_LINEAR) > 0.5
    return float((mask & truth).sum() / (mask | truth).sum())


def _photo(grey: Grey, *, contrast: float = 0.6, seed: int = 0) -> NDArray[np.float64]:
    """On grey paper, with some noise: float64, 0 to 255."""
    noise = np.random.default_rng(seed).normal(0, 3, grey.shape)
    return 200 * (1 - contrast * (255.0 - grey) / 255) + noise


def _as_grey(picture: NDArray[np.float64]) -> Grey:
    return np.clip(picture, 0, 255).astype(np.uint8)


def test_clean_drawing_is_its_own_ink() -> None:
    ink = find_ink(_grey())

    assert ink.scale == 1.0
    assert ink.contrast == 1.0
    assert _agreement(ink.map, _truth()) > 0.99


@pytest.mark.parametrize("shade", [0, 255, 128])
def test_blank_paper_has_no_ink(shade: int) -> None:
    ink = find_ink(np.full((100, 120), shade, np.uint8))

    assert ink.contrast == 0.0
    assert not ink.map.any()


@pytest.mark.parametrize("invert", [False, True])
def test_either_polarity(invert: bool) -> None:
    picture = _as_grey(_photo(_grey()))

    ink = find_ink(255 - picture if invert else picture)

    assert _agreement(ink.map, _truth()) > 0.85


def test_gradient_and_shadow() -> None:
    rows, columns = np.mgrid[0:280, 0:280] / 280
    light = (1 - 0.5 * columns) * np.where(rows + columns > 1.1, 0.6, 1.0)

    ink = find_ink(_as_grey(_photo(_grey()) * light))

    assert _agreement(ink.map, _truth()) > 0.8


def test_sheet_on_a_dark_desk() -> None:
    desk = np.full((400, 400), 60.0)
    desk[60:340, 60:340] = _photo(_grey())
    truth = np.zeros((400, 400), np.bool_)
    truth[60:340, 60:340] = _truth()

    ink = find_ink(_as_grey(desk))

    assert _agreement(ink.map, truth) > 0.8


def test_faint_pencil() -> None:
    ink = find_ink(_as_grey(_photo(_grey(), contrast=0.15)))

    assert 0.1 < ink.contrast < 0.2
    assert _agreement(ink.map, _truth()) > 0.75


@pytest.mark.parametrize("upright", [False, True])
def test_lines_go_and_the_digit_stays(upright: bool) -> None:
    ruled = _grey().copy()
    for offset in range(20, 280, 40):
        cv2.line(ruled, (0, offset), (280, offset + 4), 120, 2)
        if upright:
            cv2.line(ruled, (offset, 0), (offset - 4, 280), 120, 2)

    ink = find_ink(_as_grey(_photo(ruled)))

    assert _agreement(ink.map, _truth()) > 0.8


def test_dense_grid_does_not_drown_the_digit() -> None:
    grid = np.full((300, 300), 255, np.uint8)
    grid[::9] = grid[1::9] = 170
    grid[:, ::9] = grid[:, 1::9] = 170
    digit = _grey(side=300, pen=16)

    ink = find_ink(_as_grey(_photo(np.minimum(grid, digit))))

    assert _agreement(ink.map, digit < 128) > 0.7


def test_shadow_over_most_of_the_sheet_is_no_desk() -> None:
    rows, columns = np.mgrid[0:280, 0:280]
    light = np.where(rows + columns < 180, 1.0, 0.7)

    ink = find_ink(_as_grey(_photo(_grey()) * light))

    assert _agreement(ink.map, _truth()) > 0.75


def test_stroke_as_long_as_the_picture_is_no_line() -> None:
    one = np.full((120, 60), 255, np.uint8)
    cv2.line(one, (30, 0), (28, 120), 0, 8)

    ink = find_ink(one)

    assert ink.map.sum() > 800


def test_grain_of_a_large_sheet_does_not_outweigh_a_small_digit() -> None:
    sheet = 175 + np.random.default_rng(0).integers(-1, 2, (1000, 1000)).astype(np.float64)
    sheet[300:330, 200:230] -= 0.5 * (255.0 - _grey(side=30, pen=2))

    ink = find_ink(_as_grey(sheet))

    assert ink.contrast > 0.4
    assert _agreement(ink.map[300:330, 200:230], _truth(side=30, pen=2)) > 0.9
    assert (ink.map > 0.5).sum() < 200


@pytest.mark.parametrize("invert", [False, True])
def test_contrast_of_faint_writing_on_a_large_grainy_sheet_is_its_own(invert: bool) -> None:
    rng = np.random.default_rng(3)
    grain = cv2.resize(rng.normal(0, 3, (60, 80)), (1200, 900), interpolation=cv2.INTER_CUBIC)
    picture = np.full((900, 1200), 150.0) + grain + rng.normal(0, 2, (900, 1200))
    digit = 1 - _grey("3", side=90, pen=6) / 255
    picture[500:590, 700:790] -= 40 * digit

    ink = find_ink(_as_grey(255 - picture if invert else picture))

    x, y = (ink.origin[axis] + ink.scale * np.argwhere(ink.map.T > 0.5)[:, axis].mean() for axis in (0, 1))
    assert abs(x - 745) < 12 and abs(y - 545) < 12
    assert 0.15 < ink.contrast < 0.45


def test_contrast_is_that_of_the_ink_and_not_of_the_lines() -> None:
    sheet = np.full((600, 800), 200.0)
    for row in range(10, 13):
        sheet[row::24] -= 12
    sheet[300:360, 300:360] -= 0.2 * (255.0 - _grey(side=60, pen=4))

    assert find_ink(_as_grey(sheet * np.linspace(1, 0.7, 800))).contrast > 0.1


def test_noise_does_not_break_strokes_into_specks() -> None:
    noise = np.random.default_rng(0).normal(0, 18, (280, 280))

    ink = find_ink(_as_grey(_photo(_grey(pen=14), contrast=0.15) + noise))

    assert _agreement(ink.map, _truth(pen=14)) > 0.8


def test_bar_on_a_paler_line_stays() -> None:
    picture = _photo(_grey("7", pen=10))
    line = picture[37:41]
    line[:] = np.minimum(line, 140)

    assert _agreement(find_ink(_as_grey(picture)).map, _truth("7", pen=10)) > 0.95


@pytest.mark.parametrize("pen", [10, 18, 26])
@pytest.mark.parametrize("shade", [140, 110])
def test_bar_of_any_pen_on_a_darker_line_stays(pen: int, shade: int) -> None:
    picture = _photo(_grey("7", pen=pen))
    line = picture[37:41]
    line[:] = np.minimum(line, shade)

    assert _agreement(find_ink(_as_grey(picture)).map, _truth("7", pen=pen)) > 0.95


def test_thick_strokes_along_the_lines_of_a_ledger_are_not_taken_for_them() -> None:
    picture = _photo(_grey("7", pen=26))
    for line in (picture[20:26], picture[264:270]):
        line[:] = np.minimum(line, 90)

    assert _agreement(find_ink(_as_grey(picture)).map, _truth("7", pen=26)) > 0.87


@pytest.mark.parametrize("shape", [(8, 4000), (4000, 8), (9, 700)])
def test_strip_of_a_photograph_is_no_trouble(shape: tuple[int, int]) -> None:
    strip = np.random.default_rng(0).integers(0, 256, shape, np.uint8)

    ink = find_ink(strip)

    assert np.isfinite(ink.map).all()
    assert ink.scale * ink.map.shape[1] == pytest.approx(shape[1])


@pytest.mark.parametrize("upright", [False, True])
@pytest.mark.parametrize(("width", "length"), [(52, 8000), (90, 6000), (150, 5000), (30, 20000)])
def test_digit_at_the_end_of_a_long_strip_is_where_it_is(width: int, length: int, upright: bool) -> None:
    strip = np.full((width, length), 255, np.uint8)
    cv2.ellipse(strip, (length - 60, width // 2), (6, 4), 0, 0, 360, 0, 1, cv2.LINE_AA)

    ink = find_ink(strip.T.copy() if upright else strip)

    x, y, wide, high = cv2.boundingRect((ink.map > 0.5).view(np.uint8))
    middle = ink.origin[0] + ink.scale * (x + wide / 2), ink.origin[1] + ink.scale * (y + high / 2)
    assert middle == pytest.approx((width // 2, length - 60) if upright else (length - 60, width // 2), abs=4)


@pytest.mark.parametrize("side", [16, 20, 32])
@pytest.mark.parametrize("invert", [False, True])
def test_photograph_of_few_pixels_is_worked_on_enlarged(side: int, invert: bool) -> None:
    large = _photo(_grey(pen=28)) * np.linspace(1, 0.75, 280)
    small = np.asarray(cv2.resize(_as_grey(large), (side, side), interpolation=cv2.INTER_AREA), np.uint8)

    ink = find_ink(255 - small if invert else small)

    assert ink.map.shape == (48, 48)
    assert ink.scale == side / 48
    assert _agreement(ink.map, _truth(pen=28)) > 0.6


def test_large_picture_is_worked_on_reduced() -> None:
    ink = find_ink(_grey(side=2000, pen=120))

    assert ink.map.shape == (1000, 1000)
    assert ink.scale == 2.0


def test_normalised_digit_fills_the_box_and_is_centred_by_mass() -> None:
    tensor = normalise(find_ink(_grey("7")).map)

    rows, columns = np.nonzero(tensor > 0.1)
    weights = np.arange(28)
    assert tensor.shape == (28, 28)
    assert tensor.dtype == np.float32
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
    assert abs(tensor.sum(axis=1) @ weights / tensor.sum() - 14) <= 0.51
    assert abs(tensor.sum(axis=0) @ weights / tensor.sum() - 14) <= 0.51


def test_fine_pen_is_as_broad_whatever_the_scale() -> None:
    large = np.asarray(drawing("2", side=900, pen=7).convert("L"))
    small = np.asarray(drawing("2", side=300, pen=3).convert("L"))

    one, other = (normalise((1 - grey / 255).astype(np.float32)) for grey in (large, small))

    assert one.max() > 0.95
    assert np.abs(one - other).mean() < 0.03


def test_normalising_nothing_gives_nothing() -> None:
    assert not normalise(np.zeros((30, 40), np.float32)).any()


def test_small_pictures_are_not_blurred() -> None:
    tensor = normalise(find_ink(_grey("4")).map)
    picture = np.rint(255 - 255 * tensor).astype(np.uint8)

    again = normalise(find_ink(picture).map)

    assert np.abs(again - tensor).max() < 0.01


@pytest.mark.parametrize("pen", [3, 6, 20, 34])
def test_pens_of_any_width_look_alike(pen: int) -> None:
    usual = normalise(find_ink(_grey("4", pen=18)).map)

    tensor = normalise(find_ink(_grey("4", pen=pen)).map)

    likeness = (tensor * usual).sum() / np.linalg.norm(tensor) / np.linalg.norm(usual)
    assert tensor.max() > 0.95
    assert likeness > 0.75


@settings(max_examples=40, deadline=None)
@given(st.integers(8, 90), st.integers(8, 90), st.integers(0, 2**32 - 1))
@example(20, 71, 10169501)
def test_any_picture_gives_finite_ink_of_its_own_proportions(height: int, width: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    picture = rng.integers(0, rng.integers(1, 256), (height, width), dtype=np.uint8, endpoint=True)

    ink = find_ink(picture)
    tensor = normalise(ink.map)

    assert ink.map.shape in (picture.shape, enlarge(picture).shape)
    assert max(ink.map.shape) * ink.scale == pytest.approx(max(height, width))
    assert ink.map.dtype == tensor.dtype == np.float32
    assert np.isfinite(ink.map).all() and ink.map.min() >= 0 and ink.map.max() <= 1
    assert tensor.min() >= 0 and tensor.max() <= 1


@pytest.mark.parametrize(
    ("size", "side"), [((800, 600), 384), ((600, 150), 384), ((2000, 50), 1_214), ((50, 2000), 1_214)]
)
def test_strip_may_be_longer_than_a_picture(size: tuple[int, int], side: int) -> None:
    assert longest(*size, 384) == side
