"""The network that tells ink from paper: a small U-Net, of any size that is a multiple of 32 pixels.

Ronneberger, Fischer and Brox, "U-Net: Convolutional Networks for Biomedical Image Segmentation" (2015).
"""

from typing import Any

import keras
from keras import layers


@keras.saving.register_keras_serializable("digits")
class DepthToSpace(layers.Layer):  # type: ignore[misc]  # Keras is untyped
    """Four channels become two by two pixels; unlike Keras's own layers, compiled for one size it runs at any."""

    def call(self, inputs: Any) -> Any:
        """(N, h, w, 4 c) -> (N, 2 h, 2 w, c)."""
        import tensorflow as tf

        return tf.nn.depth_to_space(inputs, 2)

    def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """The shape of what `call` returns."""
        count, height, width, channels = shape
        return count, height and 2 * height, width and 2 * width, channels and channels // 4


def build_ink_network() -> keras.Model:
    """Freshly initialised; float32 (N, h, w, 2) of `ml.binarisation.channels` -> logits of ink (N, h, w, 1)."""
    inputs = layers.Input((None, None, 2))
    half = _separable(_convolution(inputs, 12, size=5, strides=2), 16)
    quarter = _separable(_convolution(half, 32, strides=2), 32)
    eighth = _convolution(_convolution(quarter, 48, strides=2), 48)
    sixteenth = _convolution(_convolution(eighth, 64, strides=2), 64)
    x = _convolution(_convolution(_convolution(sixteenth, 64, strides=2), 64), 64)
    x = _convolution(_merge(x, sixteenth, 64), 64)
    x = _convolution(_merge(x, eighth, 48), 48)
    x = _separable(_merge(x, quarter, 32), 32)
    x = _separable(_merge(x, half, 16), 16)
    return keras.Model(inputs, DepthToSpace()(layers.Conv2D(4, 3, padding="same")(x)), name="ink")


def _convolution(x: Any, filters: int, *, size: int = 3, strides: int = 1) -> Any:
    return _activate(layers.Conv2D(filters, size, strides=strides, padding="same", use_bias=False)(x))


def _separable(x: Any, filters: int) -> Any:
    x = layers.BatchNormalization()(layers.DepthwiseConv2D(3, padding="same", use_bias=False)(x))
    return _activate(layers.Conv2D(filters, 1, use_bias=False)(x))


def _activate(x: Any) -> Any:
    return layers.Activation("relu")(layers.BatchNormalization()(x))


def _merge(deep: Any, fine: Any, filters: int) -> Any:
    """What was seen from afar, enlarged twice, beside what was seen close by."""
    enlarged = DepthToSpace()(layers.Concatenate()([deep] * 4))
    return _convolution(layers.Concatenate()([enlarged, fine]), filters, size=1)
