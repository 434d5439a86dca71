"""The network that reads a whole line: convolutions along it, of any length; no recurrence, for speed on one core."""

from typing import Any

import keras
from keras import layers

from ml.ctc import BLANK
from ml.strips import HEIGHT

_DILATIONS = (1, 2, 1)


def build_line_network() -> keras.Model:
    """Freshly initialised; strips float32 (N, HEIGHT, w, 1) in [0, 1] -> logits (N, 1, ceil(w / 2), 11).

    The rows are reduced until one is left, the columns only once: a 1 among others is but a few pixels wide.
    """
    inputs = layers.Input((HEIGHT, None, 1))
    x = _convolution(inputs, 24, size=5, strides=2)
    x = _residual(_convolution(x, 32))
    x = _residual(_convolution(x, 56, strides=(2, 1)))
    x = _residual(_convolution(x, 88, strides=(2, 1)))
    x = _convolution(x, 144, size=(HEIGHT // 8, 1), padding="valid")
    for dilation in _DILATIONS:
        x = _along(x, 144, dilation)
    return keras.Model(inputs, layers.Conv2D(BLANK + 1, 1)(layers.SpatialDropout2D(0.1)(x)), name="line")


def _convolution(x: Any, filters: int, *, size: Any = 3, strides: Any = 1, padding: str = "same") -> Any:
    x = layers.Conv2D(filters, size, strides=strides, padding=padding, use_bias=False)(x)
    return layers.Activation("relu")(layers.BatchNormalization()(x))


def _residual(x: Any) -> Any:
    filters = x.shape[-1]
    y = layers.Conv2D(filters, 3, padding="same", use_bias=False)(_convolution(x, filters))
    return layers.Activation("relu")(layers.Add()([x, layers.BatchNormalization()(y)]))


def _along(x: Any, filters: int, dilation: int) -> Any:
    """What is to the left and right of each column; a residual block of one convolution of five columns."""
    y = layers.Conv2D(filters, (1, 5), dilation_rate=(1, dilation), padding="same", use_bias=False)(x)
    return layers.Activation("relu")(layers.Add()([x, layers.BatchNormalization()(y)]))
