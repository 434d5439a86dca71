"""Compiles a Keras network for LiteRT, which runs it without TensorFlow."""

from collections.abc import Callable

import keras
import tensorflow as tf

_SMALL = 32
"""Where a network takes pictures of any size: LiteRT's interpreter changes it later."""


def compile_network(model: keras.Model) -> bytes:
    """The network as it is now, as a LiteRT flatbuffer, for one picture at a time: float32 (1, h, w, channels) in."""
    shape = [1, *(side or _SMALL for side in model.input_shape[1:])]
    signature = [tf.TensorSpec(shape, tf.float32)]
    traced = tf.function(with_constant_weights(model), input_signature=signature).get_concrete_function()
    # Without an object to keep track of, TensorFlow takes a way that it calls deprecated; there is nothing to track.
    converter = tf.lite.TFLiteConverter.from_concrete_functions([traced], tf.Module())
    return bytes(converter.convert())


def with_constant_weights(model: keras.Model) -> Callable[[tf.Tensor], tf.Tensor]:
    """The model as a function to be traced with its weights of now as constants, not as variables that may change.

    Only so does each batch normalisation melt into the convolution before it.
    """
    trainable, others = (
        [v.numpy() for v in kind] for kind in (model.trainable_variables, model.non_trainable_variables)
    )

    def call(batch: tf.Tensor) -> tf.Tensor:
        constants = [[tf.constant(value) for value in kind] for kind in (trainable, others)]
        return model.stateless_call(*constants, batch, training=False)[0]

    return call
