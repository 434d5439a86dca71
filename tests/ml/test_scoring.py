from typing import Any

import numpy as np
import pytest

from ml.architectures import ARCHITECTURES, build
from ml.artifact import SHIPPED_MODEL, load_model
from ml.scoring import Scorer


def with_a_past(model: Any) -> Any:
    """The network as if it had been trained: every weight, and all that batch normalisation remembers, at random."""
    rng = np.random.default_rng(1)
    for variable in model.weights:
        if variable.dtype == "float32":
            positive = variable.name in ("gamma", "moving_variance")
            noise = rng.normal(0, 0.1, variable.shape)
            variable.assign(1 + np.abs(noise) if positive else variable + noise)
    return model


@pytest.mark.parametrize("name", [*sorted(ARCHITECTURES), "shipped"])
@pytest.mark.parametrize("size", [1, 5])
def test_it_answers_as_the_model_does(name: str, size: int) -> None:
    shipped, card = load_model(SHIPPED_MODEL)
    model = shipped if name == "shipped" else with_a_past(build(name))
    images = np.random.default_rng(size).random((size, 28, 28), np.float32)

    outputs = Scorer(model, card).outputs(images)

    expected = np.asarray(model(images[..., None], training=False))
    np.testing.assert_allclose(outputs, expected, rtol=1e-3, atol=1e-4 * float(np.abs(expected).max()))
