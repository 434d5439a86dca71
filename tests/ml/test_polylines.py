import numpy as np

from ml.polylines import draw_group, draw_polylines, underlined
from ml.rendering import draw_strokes


def test_polylines_are_ink_and_follow_from_the_seed() -> None:
    for seed in range(40):
        ink = draw_polylines(np.random.default_rng(seed))

        assert ink.dtype == np.float32
        assert 0 <= ink.min() < ink.max() <= 1
        assert 0.002 < (ink > 0.5).mean() < 0.6
        np.testing.assert_array_equal(ink, draw_polylines(np.random.default_rng(seed)))


def test_most_lines_are_level_or_upright_and_none_is_a_point() -> None:
    groups = [draw_group(np.random.default_rng(seed)) for seed in range(200)]
    steps = np.concatenate([np.diff(polyline, axis=0) for group in groups for polyline in group])

    lengths = np.abs(steps)
    assert (lengths.max(axis=1) > 80).all()
    assert 0.7 < (lengths.min(axis=1) < 10).mean() < 0.9


def test_what_is_underlined_stands_on_a_line_across_all_of_it() -> None:
    ink = draw_strokes([np.array([[70, 20], [130, 60]], np.float32)], (70, 200), 8)
    for seed in range(40):
        found = underlined(ink, np.random.default_rng(seed))

        np.testing.assert_array_equal(np.maximum(found[:70], ink), found[:70])
        below = found[64:] > 0.5
        assert below[:, 80:120].any(axis=0).all()
        assert not below[:, [0, -1]].any()


def test_blank_paper_is_not_underlined() -> None:
    blank = np.zeros((40, 40), np.float32)

    assert underlined(blank, np.random.default_rng(0)) is blank
