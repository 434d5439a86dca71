"""The shipped network as TensorFlow's documentation would have it called fast: the Keras model in a `tf.function`."""

from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from ml.artifact import SHIPPED_MODEL, load_model
from ml.calibration import Judgement, Thresholds, judge
from ml.inference import Recognizer
from ml.process import tune_process


class TracedNetwork:
    """Judges float32 (N, 28, 28) in [0, 1], a batch in one call; its weights are constants, as in the product."""

    def __init__(self) -> None:
        self._model, self.card = load_model(SHIPPED_MODEL)
        parts = self._model.trainable_variables, self._model.non_trainable_variables
        weights = [[variable.numpy() for variable in part] for part in parts]

        @tf.function(input_signature=[tf.TensorSpec((None, 28, 28, 1), tf.float32)])
        def call(batch: Any) -> Any:
            constants = [[tf.constant(value) for value in part] for part in weights]
            return self._model.stateless_call(*constants, batch, training=False)[0]

        self._call = call.get_concrete_function()
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
