"""Compiles a Keras network for LiteRT, which runs it without TensorFlow."""

import keras
import tensorflow as tf


def compile_network(model: keras.Model) -> bytes:
    """The network as it is now, as a LiteRT flatbuffer: float32 (1, 28, 28, 1) in, float32 (1, outputs) out.

    Its weights become constants, so that each batch normalisation melts into the convolution before it.
    """
    trainable, others = (
        [v.numpy() for v in kind] for kind in (model.trainable_variables, model.non_trainable_variables)
    )

    def call(picture: tf.Tensor) -> tf.Tensor:
        constants = [[tf.constant(value) for value in kind] for kind in (trainable, others)]
        return model.stateless_call(*constants, picture, training=False)[0]

    signature = [tf.TensorSpec((1, 28, 28, 1), tf.float32)]
    traced = tf.function(call, input_signature=signature).get_concrete_function()
    # Without an object to keep track of, TensorFlow takes a way that it calls deprecated; there is nothing to track.
    converter = tf.lite.TFLiteConverter.from_concrete_functions([traced], tf.Module())
    return bytes(converter.convert())
