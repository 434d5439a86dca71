"""The ink network as it ships: what it sees and what it finds."""

import threading

import numpy as np
import pytest

from ml.binarisation import channels, find_ink_on_paper, glance, is_lighter, shipped
from ml.reflectance import measure
from ml.rendering import Scene, draw_strokes, invert, photograph

EIGHT = [
    np.array([[60, 62], [38, 40], [60, 16], [82, 40], [60, 62], [32, 92], [60, 124], [88, 92], [60, 62]], np.float32)
]
SEVEN = [np.array([[40, 40], [110, 40], [70, 120]], np.float32)]
FAINT = Scene(paper=200, ink=160, slope=0.4, shadow=0.4, lines=0.1, grain=0.3, blur=0.8, noise=5, quality=60)

CLEAR = Scene(paper=220, ink=40, slope=0.3, shadow=0, lines=0, grain=0, blur=0.5, noise=3, quality=80)


def photo(shape: tuple[int, int] = (160, 160)) -> np.ndarray:
    return photograph(draw_strokes(SEVEN, shape, 12), FAINT, np.random.default_rng(0))


@pytest.mark.parametrize("shape", [(160, 160), (161, 190), (200, 150), (33, 31), (8, 40), (1, 40), (40, 1)])
def test_ink_is_as_large_as_the_picture(shape: tuple[int, int]) -> None:
    picture = np.random.default_rng(0).integers(0, 256, shape, np.uint8)

    ink, lost, light = glance(picture)

    assert ink.shape == lost.shape == find_ink_on_paper(picture, light)[0].shape == shape
    assert ink.dtype == np.float32
    assert ink.min() >= 0 and ink.max() <= 1


def test_faint_strokes_in_shadow_on_ruled_paper_are_found_and_nothing_else() -> None:
    truth = draw_strokes(SEVEN, (160, 160), 12) > 0.5

    for picture, light in ((photo(), False), (invert(photo()), True)):
        assert glance(picture)[2] == light
        found = find_ink_on_paper(picture, light)[0] > 0.5
        assert (found & truth).sum() / (found | truth).sum() > 0.8


@pytest.mark.parametrize("pen", [14, 20])
def test_broad_strokes_that_fill_the_picture_are_ink(pen: int) -> None:
    whole = draw_strokes(EIGHT, (140, 120), pen)
    rows, columns = np.nonzero(whole > 0.3)
    ink = whole[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]

    for scene in (FAINT, CLEAR):
        photo = photograph(ink, scene, np.random.default_rng(0))
        for picture, light in ((photo, False), (invert(photo), True)):
            ink_found, _, is_light = glance(picture)
            found = ink_found > 0.5
            assert is_light == light
            assert (found & (ink > 0.5)).sum() / (found | (ink > 0.5)).sum() > 0.8


def test_wrong_belief_about_light_ink_is_put_right() -> None:
    for picture, light in ((photo(), False), (invert(photo()), True)):
        ink, lost, is_light = glance(picture, light=not light)

        assert is_light == light
        assert lost[ink > 0.5].mean() > 0.1


def test_thick_stroke_in_the_light_is_no_lighter_than_paper_in_shadow() -> None:
    ink = np.zeros((100, 200), np.float32)
    ink[20:80, 30:50] = ink[20:80, 140:144] = 1
    paper = np.where(np.arange(200) < 100, 220.0, 90.0)
    picture = np.rint(paper * (1 - 0.15 * ink)).astype(np.uint8)

    assert not is_lighter(ink, picture)
    assert is_lighter(ink, invert(picture))
    assert not is_lighter(np.zeros_like(ink), picture)


def test_both_channels_tell_dark_ink_from_light_paper() -> None:
    truth = draw_strokes(SEVEN, (160, 160), 12) > 0.5

    for picture in (photo(), invert(photo())):
        lost, grey = np.moveaxis(channels(measure(picture)), 2, 0).astype(np.float64)
        assert lost[truth].mean() > lost[~truth].mean() + 50
        assert grey[truth].mean() < grey[~truth].mean()


def test_threads_do_not_disturb_one_another() -> None:
    pictures = [photo(shape) for shape in ((160, 160), (192, 160), (160, 200))]
    alone = [find_ink_on_paper(picture, False)[0] for picture in pictures]
    wrong: list[int] = []

    def read_again(place: int) -> None:
        again = [find_ink_on_paper(pictures[place], False)[0] for _ in range(10)]
        wrong.extend(place for ink in again if not np.array_equal(ink, alone[place]))

    threads = [threading.Thread(target=read_again, args=(place,)) for place in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not wrong


def test_shipped_network_is_loaded_once() -> None:
    assert shipped() is shipped()
