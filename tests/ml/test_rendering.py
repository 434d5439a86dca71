import numpy as np
import pytest

from ml.rendering import (
    CANVAS,
    Scene,
    Written,
    draw_strokes,
    invert,
    photograph,
    place,
    random_scene,
    write_line,
)

LINE = [np.array([[0, 0], [0, 1000]], np.float32)]


def test_placed_strokes_fill_the_box_and_keep_their_proportions() -> None:
    strokes = [np.array([[0, 0], [500, 1000]], np.float32)]

    points = place(strokes, (10, 20, 100, 60))[0]

    assert points[:, 1].tolist() == [20, 80]
    assert points[:, 0].tolist() == [45, 75]


@pytest.mark.parametrize("pen", [2.0, 6.0, 18.0])
def test_stroke_is_as_wide_as_the_pen(pen: float) -> None:
    ink = draw_strokes(place(LINE, (50, 20, 50, 110)), (150, 150), pen)

    assert ink[75].sum() == pytest.approx(pen, abs=1.1)
    assert ink[:, 75].sum() == pytest.approx(110 + pen, abs=2.5), "ends must be round caps"


def test_single_point_is_a_dot() -> None:
    ink = draw_strokes([np.array([[20, 20]], np.float32)], (40, 40), 8)

    assert ink.sum() == pytest.approx(np.pi * 16, rel=0.3)


@pytest.mark.parametrize("seed", range(8))
def test_characters_on_a_line_are_as_high_and_as_low_as_they_say(seed: int) -> None:
    dash = Written([np.array([[0, 0], [1000, 0]], np.float32)], height=0.2)
    foot = Written(LINE, height=0.3, middle=0.9)

    inks = write_line([Written(LINE), dash, Written(LINE), foot], np.random.default_rng(seed))

    tops = [int(ink.any(axis=1).argmax()) for ink in inks]
    heights = [int(ink.any(axis=1).sum()) for ink in inks]
    assert max(heights[1], heights[3]) < 0.6 * min(heights[0], heights[2])
    assert tops[0] < tops[1] < tops[3]


def test_canvas_shows_black_on_white_and_nothing_else() -> None:
    ink = draw_strokes(place(LINE, (20, 20, 20, 60)), (100, 100), 8)

    picture = photograph(ink, CANVAS, np.random.default_rng(0))

    assert picture.dtype == np.uint8
    np.testing.assert_allclose(picture, 255 * (1 - ink), atol=1)
    np.testing.assert_array_equal(invert(picture), 255 - picture)


def test_photographed_ink_is_darker_than_the_paper_around_it() -> None:
    ink = draw_strokes(place(LINE, (50, 30, 40, 100)), (160, 140), 12)
    rng = np.random.default_rng(1)

    for _ in range(20):
        picture = photograph(ink, random_scene(rng), rng).astype(int)
        assert picture[40:120, 66:75].mean() < picture[40:120, 40:56].mean() - 5


def test_shadow_and_lines_change_the_paper() -> None:
    nothing, rng = np.zeros((120, 120), np.float32), np.random.default_rng(2)
    plain = Scene(paper=200, ink=20, slope=0, shadow=0, lines=0, grain=0, blur=0, noise=0, quality=100)

    assert np.ptp(photograph(nothing, plain, rng)) == 0
    shadowed = Scene(paper=200, ink=20, slope=0, shadow=0.4, lines=0, grain=0, blur=0, noise=0, quality=100)
    assert np.ptp(photograph(nothing, shadowed, rng)) > 40
    ruled = Scene(paper=200, ink=20, slope=0, shadow=0, lines=0.5, grain=0, blur=0, noise=0, quality=100)
    assert 0.001 < np.mean(photograph(nothing, ruled, rng) < 150) < 0.4
