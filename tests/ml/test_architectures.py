import keras
import numpy as np
import pytest

from ml.architectures import ARCHITECTURES, build
from ml.artifact import OUTPUTS


def test_simple_is_the_network_it_replaces() -> None:
    model = build("simple")

    assert model.count_params() == 693_962
    kinds = [type(layer).__name__ for layer in model.layers]
    assert kinds == ["Conv2D", "MaxPooling2D", "Flatten", "Dense", "Dropout", "Dense"]


def test_compact_is_small() -> None:
    assert 150_000 < build("compact").count_params() < 400_000


@pytest.mark.parametrize("name", sorted(ARCHITECTURES))
def test_outputs_are_what_the_name_promises(name: str) -> None:
    images = np.random.default_rng(0).random((5, 28, 28, 1), np.float32)

    outputs = np.asarray(build(name)(images, training=False))

    assert outputs.shape == (5, OUTPUTS[ARCHITECTURES[name].outputs])
    if ARCHITECTURES[name].outputs == "softmax10":
        np.testing.assert_allclose(outputs.sum(axis=1), 1, rtol=1e-5)


def test_same_seed_gives_the_same_start() -> None:
    starts = []
    for seed in (3, 3, 4):
        keras.utils.set_random_seed(seed)
        starts.append(build("compact").get_weights()[0])

    np.testing.assert_array_equal(starts[0], starts[1])
    assert not np.array_equal(starts[0], starts[2])


def test_unknown_name_is_refused() -> None:
    with pytest.raises(KeyError):
        build("huge")
