"""How wide strokes are, and what makes them wider."""

import numpy as np
import pytest

from ml.strokes import widest_stroke


def test_widest_stroke_is_the_largest_disc_in_the_ink_even_at_the_border() -> None:
    field = np.zeros((28, 28), np.float32)
    assert widest_stroke(field) == 0
    field[:, 10:14] = 1
    assert widest_stroke(field) == pytest.approx(4, abs=1)
    field[:] = 1
    assert widest_stroke(field) == pytest.approx(28, abs=1)
