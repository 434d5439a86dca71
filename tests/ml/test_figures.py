import numpy as np

from ml.figures import draw_figures


def test_figures_are_ink_that_runs_along_rows_and_columns() -> None:
    for seed in range(40):
        ink = draw_figures(np.random.default_rng(seed))

        assert ink.dtype == np.float32
        assert 0 <= ink.min() < ink.max() <= 1
        assert 0.002 < (ink > 0.5).mean() < 0.6
        np.testing.assert_array_equal(ink, draw_figures(np.random.default_rng(seed)))


def test_most_lines_are_level_or_upright() -> None:
    straight = 0
    for seed in range(40):
        ink = draw_figures(np.random.default_rng(seed)) > 0.5
        columns, rows = ink.sum(axis=0).max(), ink.sum(axis=1).max()
        straight += max(columns, rows) > 0.3 * min(ink.shape)

    assert straight > 25
