import numpy as np

from ml.polylines import draw_group, draw_polylines


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
