from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ml.data import NOT_A_DIGIT, load_pen_characters
from ml.glyphs import Glyph, Sources
from ml.outliers import LOOK_ALIKES
from ml.pictures import MAKERS
from tests.ml.sources import printed_digits, write_strokes


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    digits = load_pen_characters(write_strokes(tmp_path / "digits.gz", "017"))
    letters = load_pen_characters(write_strokes(tmp_path / "letters.gz", "WX"))
    return Sources(printed_digits(30, 0), digits, letters)


def amounts(sources: Sources, count: int = 60) -> list[list[Glyph]]:
    return [MAKERS["amount"](index, sources, np.random.default_rng(index)) for index in range(count)]


def labels(glyphs: list[Glyph]) -> list[int]:
    return [glyph.label for glyph in glyphs]


def test_amount_is_two_to_seven_digits_and_signs_around_and_in_it(sources: Sources) -> None:
    assert not LOOK_ALIKES & {letter.label for letter in sources.letters}

    found = [labels(glyphs) for glyphs in amounts(sources)]

    assert all(set(one) <= {0, 1, 7, NOT_A_DIGIT} for one in found)
    assert {sum(label != NOT_A_DIGIT for label in one) for one in found} == {2, 3, 4, 5, 6, 7}
    starts, ends = ([one[place] == NOT_A_DIGIT for one in found] for place in (0, -1))
    for first, last in ((True, True), (True, False), (False, True), (False, False)):
        assert sum(pair == (first, last) for pair in zip(starts, ends, strict=True)) >= 6
    assert any(NOT_A_DIGIT not in one for one in found)


def test_every_glyph_of_an_amount_has_ink_that_lies_within_the_picture(sources: Sources) -> None:
    for glyphs in amounts(sources):
        assert len({glyph.ink.shape for glyph in glyphs}) == 1
        for glyph in glyphs:
            assert glyph.ink.max() > 0.5
            edges = (glyph.ink[0], glyph.ink[-1], glyph.ink[:, 0], glyph.ink[:, -1])
            assert not any(edge.any() for edge in edges)


def test_dashes_and_points_are_not_as_high_as_digits(sources: Sources) -> None:
    def height(glyph: Glyph) -> int:
        return int(glyph.ink.any(axis=1).sum())

    small = 0
    for glyphs in amounts(replace(sources, letters=())):
        digit = max(height(glyph) for glyph in glyphs if glyph.label != NOT_A_DIGIT)
        small += sum(height(glyph) < 0.45 * digit for glyph in glyphs if glyph.label == NOT_A_DIGIT)

    assert small > 30


def test_same_seed_writes_the_same_amount(sources: Sources) -> None:
    for one, again in zip(amounts(sources, 8), amounts(sources, 8), strict=True):
        assert labels(one) == labels(again)
        for glyph, other in zip(one, again, strict=True):
            np.testing.assert_array_equal(glyph.ink, other.ink)


def test_amounts_need_no_letters(sources: Sources) -> None:
    found = [labels(glyphs) for glyphs in amounts(replace(sources, letters=()))]

    assert sum(one[0] == NOT_A_DIGIT or one[-1] == NOT_A_DIGIT for one in found) > len(found) / 2


def test_date_is_two_or_three_numbers_with_the_same_separator_between_them(sources: Sources) -> None:
    dates = [MAKERS["date"](index, sources, np.random.default_rng(index)) for index in range(80)]

    lengths = [
        tuple(map(len, "".join("/" if label == NOT_A_DIGIT else "7" for label in labels(one)).split("/")))
        for one in dates
    ]
    assert {len(one) for one in lengths} == {2, 3}
    assert {max(one) for one in lengths} == {1, 2, 4}
    assert all(min(one) >= 1 for one in lengths)
    heights = [[int(glyph.ink.any(axis=1).sum()) for glyph in one if glyph.label == NOT_A_DIGIT] for one in dates]
    assert all(max(one) < 1.6 * min(one) for one in heights)
    assert 25 < sum(min(one) > 40 for one in heights) < 60


def test_small_pictures_are_nearly_filled(sources: Sources) -> None:
    pictures = [MAKERS["small"](index, sources, np.random.default_rng(index))[0] for index in range(60)]

    sides = {one.ink.shape for one in pictures}
    assert all(12 <= height == width <= 40 for height, width in sides)
    filled = [max(np.ptp(axis) + 1 for axis in np.nonzero(one.ink > 0.2)) / len(one.ink) for one in pictures]
    assert min(filled) > 0.6
    assert {one.label for one in pictures} == {0, 1, 7, NOT_A_DIGIT}


def test_unusual_digits_are_drawn_with_bolder_pens(sources: Sources) -> None:
    def boldest(kind: str) -> float:
        pictures = [MAKERS[kind](index, sources, np.random.default_rng(index))[0] for index in range(60)]
        return max(float(one.ink.mean()) for one in pictures)

    assert boldest("unusual") > 1.2 * boldest("digit")


def test_some_numbers_hold_many_ones(sources: Sources) -> None:
    ones = [one for one in sources.digits if one.label == "1"]
    sources = replace(sources, digits=[*ones[:3], *(one for one in sources.digits if one.label != "1")])

    rows = [labels(MAKERS["row"](index, sources, np.random.default_rng(index))) for index in range(200)]

    shares = [one.count(1) / len(one) for one in rows]
    assert 20 < sum(share >= 0.5 for share in shares) < 60
    assert 0.1 < np.mean(shares) < 0.25
