"""Segmentation: the right digits are among the candidates, in reading order; dirt is not."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from ml.pieces import MARGIN
from ml.preprocessing import Ink
from ml.segmentation import Candidate, propose
from tests.pictures import drawing

Map = NDArray[np.float32]


def _ink(digits: str, *, side: int = 100, pen: int = 8) -> Map:
    grey = np.asarray(drawing(digits, side=side, pen=pen).convert("L"))
    return (1 - grey / 255).astype(np.float32)


def _propose(ink: Map, digits: int | None = None) -> list[Candidate]:
    return propose(Ink(np.asarray(ink, np.float32), 1.0, 1.0), digits)


def _boxes(candidates: list[Candidate]) -> list[tuple[int, int, int, int]]:
    return [one.box for one in candidates]


def test_nothing_on_blank_paper() -> None:
    assert _propose(np.zeros((50, 50), np.float32)) == []


def test_nothing_among_dust_alone() -> None:
    dust = np.zeros((50, 50), np.float32)
    dust[20, 20] = dust[30:32, 11] = 1

    assert _propose(dust) == []


@pytest.mark.parametrize("count", [49, 50, 64])
def test_many_small_digits_are_no_dirt(count: int) -> None:
    page = np.zeros((800, 1000), np.float32)
    for index in range(count):
        top, left = divmod(index, 10)
        page[60 + 100 * top : 88 + 100 * top, 60 + 90 * left : 66 + 90 * left] = 1

    assert len([one for one in _propose(page) if one.is_whole]) == count


def test_specks_beside_a_digit_are_dirt_however_many() -> None:
    page = np.zeros((800, 1000), np.float32)
    page[200:500, 400:440] = 1
    page[20:780:40, 20:360:40] = page[21:780:40, 20:360:40] = page[22:780:40, 20:360:40] = 1

    assert len(_propose(page)) == 1


@pytest.mark.parametrize("width", [1500, 2500, 6000])
def test_digits_on_a_strip_are_no_dirt(width: int) -> None:
    strip = np.zeros((60, width), np.float32)
    for left in range(100, 700, 100):
        strip[17:43, left : left + 6] = 1

    assert len([one for one in _propose(strip) if one.is_whole]) == 6


def test_one_digit_is_one_candidate() -> None:
    (only,) = _propose(_ink("7"))

    assert (only.start, only.end, only.cuts) == (0, 1, 0)
    assert only.size == 1.0
    assert not only.at_border


def test_digits_apart_are_pieces_from_left_to_right() -> None:
    candidates = _propose(_ink("2347"))

    whole = [one for one in candidates if one.cuts == 0]
    assert [one.box[0] // 100 for one in whole] == [0, 1, 2, 3]
    assert [after.start for after in whole[1:]] == [before.end for before in whole[:-1]]


def test_lines_are_read_from_top_to_bottom() -> None:
    page = np.vstack([_ink("23"), _ink("47")])

    whole = [one for one in _propose(page) if one.cuts == 0]

    assert [(one.box[1] // 100, one.box[0] // 100) for one in whole] == [(0, 0), (0, 1), (1, 0), (1, 1)]


@pytest.mark.parametrize("fall", [-0.22, -0.12, 0.12, 0.22])
def test_line_that_rises_or_falls_is_one_line(fall: float) -> None:
    candidates = _propose(_slanted(_ink("2347234723"), fall))

    assert {one.line for one in candidates} == {0}
    whole = [one for one in candidates if one.cuts == 0]
    assert [one.box[0] // 100 for one in whole] == list(range(10))


@pytest.mark.parametrize("fall", [-0.15, 0.15])
def test_lines_that_rise_or_fall_together_are_told_apart(fall: float) -> None:
    page = np.vstack([_ink("234723"), np.zeros((40, 600), np.float32), _ink("472347")])

    candidates = _propose(_slanted(page, fall))

    assert {one.line for one in candidates} == {0, 1}
    for line in (0, 1):
        own = [one for one in candidates if one.line == line and one.cuts == 0]
        assert [one.box[0] // 100 for one in own] == list(range(6))


def _slanted(ink: Map, fall: float) -> Map:
    height, width = ink.shape
    room = round(abs(fall) * width)
    move = np.array([[1, 0, 0], [fall, 1, room if fall < 0 else 0]])
    return np.asarray(cv2.warpAffine(ink, move, (width, height + room)), np.float32)


def test_crop_is_the_box_and_a_margin_for_soft_edges() -> None:
    (only,) = _propose(_ink("3"))

    _, _, width, height = only.box
    assert only.crop.shape == (height + 2 * MARGIN, width + 2 * MARGIN)
    assert np.array_equal(only.crop, _ink("3")[only.window])


def test_crop_ends_where_the_map_ends() -> None:
    ink = _ink("3")[9:, 28:]

    (only,) = [one for one in _propose(ink) if one.cuts == 0]

    assert only.window[0].start == only.window[1].start == 0
    assert np.array_equal(only.crop, ink[only.window])


def test_loose_bar_belongs_to_its_digit() -> None:
    ink = np.zeros((100, 90), np.float32)
    cv2.polylines(ink, [np.array([[30, 22], [28, 45], [52, 48], [55, 70], [26, 80]])], False, 1.0, 6)
    cv2.line(ink, (38, 12), (60, 12), 1.0, 5)

    candidates = _propose(ink)

    assert max(one.box[3] for one in candidates) > 68


def test_digit_broken_across_is_joined() -> None:
    ink = _ink("3")
    ink[60:64] = 0

    (only,) = [one for one in _propose(ink) if one.cuts == 0]

    assert only.box[3] > 80


def test_pieces_of_a_tiny_picture_may_be_one_digit() -> None:
    ink = np.zeros((28, 28), np.float32)
    ink[5:9, 14:24] = ink[12:23, 4:13] = 1

    assert (4, 5, 20, 18) in _boxes(_propose(ink))


def test_specks_commas_and_minus_are_no_candidates() -> None:
    ink = np.hstack([np.zeros((100, 100), np.float32), _ink("2"), np.zeros((100, 60), np.float32)])
    cv2.line(ink, (20, 50), (60, 50), 1.0, 6)
    cv2.circle(ink, (220, 88), 5, 1.0, -1)
    ink[5, 5] = 1.0

    (only,) = _propose(ink)

    assert 100 < only.box[0] < 200


@pytest.mark.parametrize(("dots", "height"), [([(50, 112)], 103), ([(50, 112), (15, 30)], 75), ([(62, 92)], 75)])
def test_dot_straight_beneath_a_stroke_belongs_to_it_and_one_of_several_or_beside_it_does_not(
    dots: list[tuple[int, int]], height: int
) -> None:
    ink = np.zeros((130, 100), np.float32)
    cv2.line(ink, (50, 20), (50, 86), 1.0, 9)
    for dot in dots:
        cv2.circle(ink, dot, 6, 1.0, cv2.FILLED)

    (whole,) = (one for one in _propose(ink) if one.is_whole)

    assert whole.box[3] == pytest.approx(height, abs=2)


def test_dot_beside_a_digit_that_the_border_cuts_off_is_no_candidate() -> None:
    ink = np.pad(_ink("3")[:80], ((0, 0), (40, 0)))
    cv2.circle(ink, (20, 60), 4, 1.0, cv2.FILLED, cv2.LINE_AA)

    assert sum(one.is_whole for one in _propose(ink)) == 1


def test_small_digit_beside_a_line_from_border_to_border_is_a_candidate() -> None:
    ink = np.zeros((600, 400), np.float32)
    ink[:, 40:46] = 1
    ink[200:300, 200:300] = _ink("3")

    assert any(one.is_whole and 200 <= one.box[0] < 300 for one in _propose(ink))


def test_slanting_dash_is_no_candidate() -> None:
    ink = np.pad(_ink("4"), ((0, 0), (60, 0)))
    cv2.line(ink, (10, 56), (36, 44), 1.0, 6, cv2.LINE_AA)

    assert sum(one.is_whole for one in _propose(ink)) == 1


def test_flat_digit_is_no_minus() -> None:
    flat = cv2.resize(_ink("2", pen=5)[10:90, 20:80], (66, 22), interpolation=cv2.INTER_AREA)
    ink = np.pad(_ink("4"), ((0, 0), (80, 0)))
    ink[40:62, 6:72] = flat

    assert sum(one.is_whole for one in _propose(ink)) == 2


def test_small_digits_at_head_and_foot_stand_on_the_line_between_large_ones() -> None:
    ink = np.pad(_ink("4"), ((0, 0), (0, 160)))
    small = cv2.resize(_ink("2", pen=10), (44, 44), interpolation=cv2.INTER_AREA)
    ink[50:94, 90:134] = ink[4:48, 130:174] = np.maximum(ink[4:48, 130:174], small)
    ink[:, 170:250] = _ink("4")[:, 10:90]

    whole = [one for one in _propose(ink) if one.is_whole]

    assert len(whole) == 4
    assert [one.box[0] for one in whole] == sorted(one.box[0] for one in whole)


def test_frame_around_a_digit_is_no_candidate() -> None:
    ink = np.pad(_ink("4"), 15)
    cv2.rectangle(ink, (3, 3), (126, 126), 1.0, 2)

    (only,) = _propose(ink)

    assert only.box[2] < 80


def test_touching_digits_are_cut_between_them() -> None:
    ink = np.hstack([_ink("2")[:, 20:80], _ink("3")[:, 25:80]])
    cv2.line(ink, (50, 86), (70, 86), 1.0, 6)

    candidates = _propose(ink)

    whole = [one for one in candidates if one.cuts == 0]
    halves = [one for one in candidates if one.cuts == 1]
    assert [one.box[2] > 90 for one in whole] == [True]
    assert any(one.start == 0 and 45 < one.box[0] + one.box[2] < 75 for one in halves)
    assert any(one.box[0] > 45 and one.box[0] + one.box[2] > 100 for one in halves)


def _touching_rings(count: int) -> Map:
    """Zeros 88 pixels wide and 96 high, 87 apart; the first begins 18 pixels from the left border."""
    ink = np.zeros((120, 40 + 87 * count), np.float32)
    for left in range(20, 20 + 87 * count, 87):
        cv2.ellipse(ink, (left + 42, 60), (40, 44), 0, 0, 360, 1.0, 8)
    return ink


def test_each_of_many_wide_digits_in_one_blot_is_a_candidate() -> None:
    """However many cuts go through a 0 itself, and however long the way between two of them leads along their ink."""
    boxes = _boxes(_propose(_touching_rings(12)))

    lefts = range(18, 18 + 87 * 12, 87)
    assert all(any(abs(x - left) < 6 and abs(width - 88) < 8 for x, _, width, _ in boxes) for left in lefts)


def test_cuts_leave_no_slivers() -> None:
    pieces = [one for one in _propose(_touching_rings(4)) if one.end == one.start + 1]

    assert len(pieces) > 4
    assert min(float(one.crop.sum()) for one in pieces) > 0.4 * 8 * 96


def test_wide_strokes_of_one_digit_are_put_together_again() -> None:
    """Both are wide enough to be cut into many pieces."""
    five = np.zeros((130, 200), np.float32)
    cv2.line(five, (60, 20), (170, 14), 1.0, 10)
    points = np.array([[60, 34], [50, 60], [110, 60], [150, 80], [120, 112], [30, 116]])
    cv2.polylines(five, [points], isClosed=False, color=1.0, thickness=10)

    assert any(one.cuts == 0 and one.box[2] > 140 and one.box[3] > 100 for one in _propose(five))


def test_lines_of_a_tiny_picture_are_told_apart() -> None:
    tiny = np.vstack([_ink("2", side=16, pen=2), np.zeros((8, 16), np.float32), _ink("7", side=16, pen=2)])

    wholes = [one for one in _propose(tiny) if one.is_whole]

    assert len(wholes) == 2
    assert all(one.box[3] < 20 for one in wholes)


def test_neighbour_at_the_border_is_marked() -> None:
    ink = np.hstack([_ink("4")[:, 60:], _ink("2")])

    flags = [one.at_border for one in _propose(ink) if one.cuts == 0]

    assert flags == [True, False]


def test_what_the_border_cuts_off_above_a_digit_is_not_joined_to_it() -> None:
    ink = np.zeros((140, 100), np.float32)
    ink[10:110] = _ink("3")
    ink[:8, 30:60] = 1

    (digit,) = _propose(ink)

    assert digit.box[1] > 8
    assert digit.is_whole


def test_foot_of_a_digit_above_is_no_part_of_the_digit_close_below() -> None:
    ink = np.vstack([_ink("3")[74:], np.zeros((2, 100), np.float32), _ink("2")])

    (digit,) = _propose(ink)

    assert digit.box[1] > 20
    assert digit.is_whole


def test_bar_at_the_border_of_a_digit_that_does_not_reach_it_stays() -> None:
    ink = np.zeros((120, 100), np.float32)
    ink[16:116] = _ink("3")
    ink[:8, 30:70] = 1

    assert any(one.box[1] == 0 and one.box[3] > 90 for one in _propose(ink))


def test_narrow_neighbour_that_touches_at_the_border_is_cut_off() -> None:
    ink = np.ascontiguousarray(_ink("1")[:, 30:86])
    ink[45:52, 20:] = ink[20:80, -7:] = 1

    alone = [one for one in _propose(ink, 1) if not one.at_border]

    assert [(one.box[2], one.size, one.cuts) for one in alone] == [(10, 1.0, 1)]


def test_line_that_the_border_cuts_off_is_left_out() -> None:
    ink = np.vstack([_ink("4")[55:], np.zeros((20, 100), np.float32), _ink("2")])

    (only,) = _propose(ink)

    assert only.box[1] > 60


def _above(lower: Map) -> Map:
    """Two digits, and this below them, at the lower border."""
    return np.vstack([np.pad(_ink("23"), ((20, 20), (0, 0))), np.pad(lower, ((20, 0), (0, 200 - lower.shape[1])))])


def test_digit_as_tall_as_the_others_is_kept_though_it_touches_the_border_and_a_row_cut_off_is_not() -> None:
    four = _ink("4")
    foot = int(np.flatnonzero(four.max(axis=1) > 0.5)[-1])

    assert sum(one.is_whole for one in _propose(_above(four[:foot]))) == 3
    assert sum(one.is_whole for one in _propose(_above(_ink("47")[: foot - 8]))) == 2


def test_line_of_small_digits_is_a_line_and_commas_and_dirt_and_ditto_marks_are_none() -> None:
    page, marked, ditto = (np.pad(_ink("23"), ((0, 60), (40, 40))) for _ in range(3))
    page[115:150, 60:165] = cv2.resize(_ink("742", pen=10), (105, 35), interpolation=cv2.INTER_AREA)
    marked[85:112, 135:141] = marked[85:112, 232:238] = marked[130:150, 20:40] = 1
    ditto[120:145, 100:104] = ditto[120:145, 114:118] = 1

    assert [one.box[1] > 100 for one in _propose(page) if one.is_whole] == [False, False, True, True, True]
    assert sum(one.is_whole for one in _propose(marked)) == 2
    assert sum(one.is_whole for one in _propose(ditto)) == 2


def test_everything_at_the_border_is_still_read() -> None:
    ink = np.vstack([_ink("4")[30:], np.zeros((10, 100), np.float32), _ink("2")[:70]])

    assert len({one.box[1] for one in _propose(ink) if one.cuts == 0}) == 2


def test_hairline_is_no_candidate() -> None:
    ink = np.pad(_ink("2", pen=14), ((0, 0), (40, 0)))
    ink[10:90, 20] = 1

    (only,) = _propose(ink)

    assert only.box[0] > 40


def test_texture_stays_within_bounds() -> None:
    noise = (np.random.default_rng(0).random((800, 800)) > 0.5).astype(np.float32)
    spots = cv2.GaussianBlur(noise, (0, 0), 3) > 0.5

    assert len(_propose(spots.astype(np.float32))) < 5000


def test_hatching_costs_no_more_memory_than_its_ink() -> None:
    bars = np.zeros((1000, 1000), np.float32)
    for left in range(10, 980, 10):
        bars[20:980, left : left + 5] = 1

    assert sum(one.crop.nbytes for one in _propose(bars)) < 200_000_000


def test_no_more_candidates_are_made_than_asked_for() -> None:
    ink = Ink(_ink("234"), 1.0, 1.0)

    assert [one.box for one in propose(ink, most=2)] == [one.box for one in propose(ink)][:2]


def test_no_more_candidates_are_made_than_there_is_room_for() -> None:
    ink = Ink(_ink("234"), 1.0, 1.0)
    sizes = [one.crop.size for one in propose(ink)]

    assert len(propose(ink, pixels=sum(sizes))) == len(sizes)
    assert len(propose(ink, pixels=sizes[0])) == 2


def test_nothing_is_proposed_twice() -> None:
    bars = np.zeros((30, 30), np.float32)
    bars[5:25, 8:11] = bars[5:25, 13:16] = 1

    spans = [(one.start, one.end) for one in _propose(bars)]

    assert (0, 2) in spans
    assert len(spans) == len(set(spans))
