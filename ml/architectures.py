"""The networks, by name. Input: float32 (N, 28, 28, 1) in [0, 1], 1 = ink."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
from keras import layers

SIMPLE_PARAMETERS = 693_962


@dataclass(frozen=True, slots=True)
class Architecture:
    """How to build a network, and what its outputs mean (`ml.artifact.OUTPUTS`)."""

    build: Callable[[], keras.Model]
    outputs: str


def build(name: str) -> keras.Model:
    """A freshly initialised network; call `keras.utils.set_random_seed` before for a reproducible start.

    Raises KeyError for a name that is not in ARCHITECTURES.
    """
    return ARCHITECTURES[name].build()


def _simple() -> keras.Model:
    """The network of the product that this one replaces; returns softmax probabilities (N, 10)."""
    model = keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ],
        name="simple",
    )
    if model.count_params() != SIMPLE_PARAMETERS:
        raise AssertionError(f"simple has {model.count_params()} parameters, not {SIMPLE_PARAMETERS}")
    return model


def _compact() -> keras.Model:
    """Residual network with squeeze-and-excitation; returns (N, 12): ten digits, "no digit", "part of a digit".

    He et al., "Deep Residual Learning" (2016); Hu et al., "Squeeze-and-Excitation Networks" (2018). The
    resolution falls to 14x14 after one convolution, for most of the cost of a small network lies before.
    """
    inputs = layers.Input((28, 28, 1))
    x = _convolution(inputs, 20)
    x = _convolution(x, 40, strides=2)
    x = _residual(x, 40)
    x = _convolution(x, 80, strides=2)
    x = _residual(x, 80)
    x = _residual(x, 80)
    x = layers.Conv2D(128, 1, use_bias=False)(x)
    x = layers.Activation("relu")(layers.BatchNormalization()(x))
    x = layers.DepthwiseConv2D(7, use_bias=False)(x)
    x = layers.Activation("relu")(layers.BatchNormalization()(layers.Flatten()(x)))
    x = layers.Dropout(0.2)(x)
    return keras.Model(inputs, layers.Dense(12)(x), name="compact")


def _convolution(x: Any, filters: int, *, strides: int = 1) -> Any:
    x = layers.Conv2D(filters, 3, strides=strides, padding="same", use_bias=False)(x)
    return layers.Activation("relu")(layers.BatchNormalization()(x))


def _residual(x: Any, filters: int) -> Any:
    y = _convolution(x, filters)
    y = layers.BatchNormalization()(layers.Conv2D(filters, 3, padding="same", use_bias=False)(y))
    y = _squeeze_excite(y, filters)
    return layers.Activation("relu")(layers.Add()([x, y]))


def _squeeze_excite(x: Any, filters: int) -> Any:
    gate = layers.GlobalAveragePooling2D(keepdims=True)(x)
    gate = layers.Conv2D(filters // 4, 1, activation="relu")(gate)
    return layers.Multiply()([x, layers.Conv2D(filters, 1, activation="sigmoid")(gate)])


ARCHITECTURES = {
    "simple": Architecture(_simple, "softmax10"),
    "compact": Architecture(_compact, "logits10+outlier+part"),
}
