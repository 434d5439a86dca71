import numpy as np
import pytest

from ml.pens import with_nib, with_pressure
from ml.rendering import draw_strokes

CROSS = draw_strokes(
    [np.array([[10, 60], [110, 60]], np.float32), np.array([[60, 10], [60, 110]], np.float32)], (120, 120), 14
)


def test_nib_thins_strokes_of_some_directions_only_and_adds_no_ink() -> None:
    ratios = []
    for seed in range(40):
        ink = with_nib(CROSS, np.random.default_rng(seed))
        assert ink.sum() <= CROSS.sum()
        across, down = float(ink[:, 90].sum()), float(ink[90].sum())
        assert 1 < min(across, down) <= max(across, down) <= 15
        ratios.append(max(across, down) / min(across, down))

    assert max(ratios) > 2 > 1.2 > min(ratios)


def test_hairline_has_no_nib() -> None:
    line = draw_strokes([np.array([[10, 30], [50, 30]], np.float32)], (60, 60), 2)

    assert with_nib(line, np.random.default_rng(0)) is line


@pytest.mark.parametrize("seed", range(10))
def test_pressure_leaves_a_quarter_of_the_ink_everywhere(seed: int) -> None:
    ink = with_pressure(CROSS, np.random.default_rng(seed))

    assert (ink <= CROSS).all() and (ink >= 0.25 * CROSS - 1e-6).all()
    assert np.ptp(ink[CROSS > 0.99]) > 0.1
