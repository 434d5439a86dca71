"""The shipped network as TensorFlow's documentation would have it called fast: the Keras model in a `tf.function`."""

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from ml.artifact import SHIPPED_MODEL, load_model
from ml.calibration import Judgement, Thresholds, judge
from ml.compiling import with_constant_weights
from ml.inference import Recognizer
from ml.process import tune_process


class TracedNetwork:
    """Judges float32 (N, 28, 28) in [0, 1], a batch in one call; its weights are constants, as in the product."""

    def __init__(self) -> None:
        model, self.card = load_model(SHIPPED_MODEL)
        signature = [tf.TensorSpec((None, 28, 28, 1), tf.float32)]
        self._call = tf.function(with_constant_weights(model), input_signature=signature).get_concrete_function()
        self(np.zeros((1, 28, 28), np.float32))

    def __call__(self, tensors: NDArray[np.float32]) -> Judgement:
        """Judge them all."""
        outputs = self._call(tf.constant(tensors[..., None])).numpy()
        return judge(outputs, self.card.outputs, self.card.temperature)


def use_one_tensorflow_thread() -> None:
    """A network this small costs more to hand to several threads than they save; before TensorFlow's first call."""
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tune_process()


def traced_recognizer() -> Recognizer:
    """The product's reader around the traced network, warm."""
    network = TracedNetwork()
    return Recognizer(network, network.card, Thresholds(**network.card.thresholds))
