import numpy as np

from ml.data import PART
from ml.framing import crop_to_one, put_on_sheet, tight_window
from ml.glyphs import Glyph
from ml.rendering import Map, draw_strokes


def ink(left: int = 60) -> Map:
    return draw_strokes([np.array([[left, 40], [left + 30, 100]], np.float32)], (200, 220), 10)


def test_tight_window_holds_all_ink_and_hardly_any_paper() -> None:
    whole = ink()
    _, width = (int(np.ptp(axis)) + 1 for axis in np.nonzero(whole > 0.3))

    found = [whole[tight_window(whole, np.random.default_rng(seed))] for seed in range(60)]

    assert all((part > 0.3).sum() == (whole > 0.3).sum() for part in found)
    assert min(part.shape[1] for part in found) == width
    assert width < max(part.shape[1] for part in found) < width + 0.3 * 75


def test_nothing_written_is_not_cropped() -> None:
    blank = np.zeros((30, 40), np.float32)

    assert blank[tight_window(blank, np.random.default_rng(0))].shape == (30, 40)


def test_sheet_is_no_larger_than_it_may_be_and_holds_all_ink() -> None:
    for seed in range(40):
        sheets, side = put_on_sheet([ink(), ink(120)], np.random.default_rng(seed), largest=500)

        assert sheets[0].shape == sheets[1].shape
        assert max(sheets[0].shape) <= 501
        assert 220 * 500 / (7 * 220) - 1 <= side <= 220
        for sheet, one in zip(sheets, (ink(), ink(120)), strict=True):
            assert abs(sheet.sum() / one.sum() - (side / 220) ** 2) < 0.02


def test_crop_shows_one_character_whole_and_parts_of_its_neighbours() -> None:
    row = [Glyph(ink(left), label) for label, left in enumerate((40, 80, 120))]

    labels = [[glyph.label for glyph in crop_to_one(row, np.random.default_rng(seed))] for seed in range(40)]

    assert all(set(found) & {0, 1, 2} for found in labels)
    assert any(PART in found for found in labels)
