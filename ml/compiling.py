"""Compiles a Keras network for LiteRT, which runs it without TensorFlow."""

from collections.abc import Callable

import keras
import tensorflow as tf


def compile_network(model: keras.Model) -> bytes:
    """The network as it is now, as a LiteRT flatbuffer: float32 (1, 28, 28, 1) in, float32 (1, outputs) out."""
    signature = [tf.TensorSpec((1, 28, 28, 1), tf.float32)]
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
