"""A network with more channels answers what the narrower one answered, and can learn with all of them."""

import keras
import numpy as np
import pytest
from keras import layers

from ml.widening import widen


def _network(channels: int, *, outputs: int = 3) -> keras.Model:
    inputs = layers.Input((12, 12, 1))
    x = layers.Activation("relu")(layers.BatchNormalization()(layers.Conv2D(channels, 3, padding="same")(inputs)))
    gate = layers.Conv2D(channels // 2, 1, activation="relu")(layers.GlobalAveragePooling2D(keepdims=True)(x))
    x = layers.Multiply()([x, layers.Conv2D(channels, 1, activation="sigmoid")(gate)])
    x = layers.Flatten()(layers.DepthwiseConv2D(12, use_bias=False)(x))
    return keras.Model(inputs, layers.Dense(outputs)(x))


def _trained(channels: int) -> keras.Model:
    """Every weight random, those too that a network begins with at zero or one."""
    network, rng = _network(channels), np.random.default_rng(5)
    network.set_weights([rng.uniform(0.1, 1, weight.shape).astype(np.float32) for weight in network.get_weights()])
    return network


def test_answers_stay() -> None:
    pictures = np.random.default_rng(0).random((6, 12, 12, 1), np.float32)
    old, new = _trained(4), _network(6)
    before = new.predict(pictures, verbose=0)
    widen(old, new)
    said = old.predict(pictures, verbose=0)
    np.testing.assert_allclose(new.predict(pictures, verbose=0), said, rtol=1e-4)
    assert np.abs(before - said).max() > 0.1


def test_new_channels_learn() -> None:
    old, new = _trained(4), _network(6)
    widen(old, new)
    new.compile(optimizer=keras.optimizers.SGD(0.01), loss="mse")
    rng = np.random.default_rng(1)
    new.fit(rng.random((8, 12, 12, 1), np.float32), rng.random((8, 3), np.float32), verbose=0)
    assert np.abs(new.layers[-1].get_weights()[0][4:]).min() > 0


@pytest.mark.parametrize(
    ("new", "said"),
    [(_network(2), "only of"), (_network(6, outputs=2), "only of"), (keras.Sequential(), "other layers")],
)
def test_what_does_not_fit(new: keras.Model, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        widen(_trained(4), new)
