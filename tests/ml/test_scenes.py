import numpy as np
from numpy.typing import NDArray

from ml.rendering import draw_strokes
from ml.scenes import ANY_DESK, make_bilevel, take_photo

INK = draw_strokes([np.array([[40, 20], [60, 100]], np.float32)], (120, 100), 12)


def test_photo_has_the_shape_of_its_ink_and_depends_on_nothing_but_the_seed() -> None:
    for seed in range(60):
        photo = take_photo(INK, np.random.default_rng(seed))

        assert photo.shape == INK.shape
        assert photo.dtype == np.uint8
        np.testing.assert_array_equal(photo, take_photo(INK, np.random.default_rng(seed)))


def test_ink_is_darker_than_the_paper_around_it_or_in_some_lighter() -> None:
    on, around = INK > 0.9, np.zeros(INK.shape, np.bool_)
    around[10:110, 20:80] = INK[10:110, 20:80] < 0.05

    differences = []
    for seed in range(200):
        photo = take_photo(INK, np.random.default_rng(seed)).astype(np.float64)
        differences.append(photo[around].mean() - photo[on].mean())

    darker = np.mean(np.array(differences) > 0)
    assert 0.65 < darker < 0.95


def test_blur_and_lines_are_as_fine_as_the_writing_on_a_sheet() -> None:
    large = np.pad(INK, 300)
    edge = np.s_[300:420, 300:400]

    def sharpness(side: float | None) -> float:
        photos = [take_photo(large, np.random.default_rng(seed), side)[edge].astype(np.float64) for seed in range(60)]
        return float(np.mean([np.abs(np.diff(photo)).max() / (np.ptp(photo) + 1) for photo in photos]))

    assert sharpness(120) > 1.2 * sharpness(None)


def test_blank_sheets_differ_from_one_another() -> None:
    blank = np.zeros((90, 90), np.float32)
    spread = [take_photo(blank, np.random.default_rng(seed)).std() for seed in range(60)]

    assert min(spread) < 8 < 25 < max(spread)


def test_sheet_on_a_desk_ends_beyond_what_is_written() -> None:
    page = np.pad(INK, 100)
    near, border = np.s_[115:205, 115:185], np.ones(page.shape, np.bool_)
    border[1:-1, 1:-1] = False

    def contrasts(desk: float | None) -> NDArray[np.float64]:
        photos = [take_photo(page, np.random.default_rng(seed), 120, desk=desk) for seed in range(80)]
        return np.array([np.abs(np.log((photo[border] + 1.0) / np.median(photo[near]))).max() for photo in photos])

    assert np.median(contrasts(ANY_DESK)) > 1.5 * np.median(contrasts(None))


def test_writing_on_lines_has_a_line_along_its_row_of_most_ink() -> None:
    bar = np.zeros((120, 160), np.float32)
    bar[58:62, 60:100] = 1

    def darkest(*, is_on_lines: bool) -> NDArray[np.intp]:
        photos = [take_photo(bar, np.random.default_rng(seed), is_on_lines=is_on_lines) for seed in range(200)]
        beside = [np.abs(np.median(photo[10:110, :50], axis=1) - np.median(photo[:, :50])) for photo in photos]
        return np.array([row.argmax() + 10 for row in beside])

    along, anywhere = (np.mean(np.abs(darkest(is_on_lines=one) - 60) < 5) for one in (True, False))
    assert along > 2 * anywhere


def test_what_is_bilevel_has_two_shades_and_keeps_the_ink() -> None:
    ink = np.pad(INK, 40)
    grey = (230 - 180 * ink).astype(np.uint8)
    for seed in range(20):
        bilevel = make_bilevel(grey, np.random.default_rng(seed))

        assert set(np.unique(bilevel)) == {0, 255}
        assert bilevel[ink > 0.9].mean() < 110 < 150 < bilevel[ink < 0.05].mean()
