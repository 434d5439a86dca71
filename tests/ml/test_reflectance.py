"""How much ink takes of its paper's brightness."""

import numpy as np
import pytest

from ml.reflectance import usual_level


def test_usual_level_is_that_of_most_of_the_ink() -> None:
    assert usual_level(np.array([0.5] * 9 + [0.1], np.float32)) == pytest.approx(0.49, abs=0.01)


@pytest.mark.parametrize("lost", [[], [0.0, 0.0], [-0.2, 0.1], [0.1, -0.1]])
def test_where_nothing_is_lost_in_all_there_is_no_level(lost: list[float]) -> None:
    assert usual_level(np.array(lost, np.float32)) == 0
