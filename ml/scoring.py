"""The network as a fast function: 28x28 tensors in, calibrated probabilities out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from ml.artifact import OUTPUTS, ArtifactError, ModelCard
from ml.calibration import Judgement, judge

LARGEST_BATCH = 256
"""More tensors are scored in several batches of this size: the memory that one takes is bounded."""


def use_one_thread() -> None:
    """From now on this process computes in one thread: best where several of its kind share the cores.

    Handing a network this small to several threads costs more than they save. Only before TensorFlow's first
    operation; raises RuntimeError after it.
    """
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    cv2.setNumThreads(1)


class Scorer:
    """Calls one model as its weights are now, traced once for batches of any size; thread-safe."""

    def __init__(self, model: keras.Model, card: ModelCard) -> None:
        self._card = card
        signature = tf.TensorSpec((None, 28, 28, 1), tf.float32)
        call = tf.function(_with_constant_weights(model), input_signature=[signature])
        self._call: Callable[[Any], Any] = call.get_concrete_function()

    def warm_up(self) -> None:
        """Run once, so that no request pays for TensorFlow's first call.

        Raises ArtifactError as `try_out` does.
        """
        _demand_numbers(self._run(_probe()), self._card)

    def __call__(self, tensors: NDArray[np.float32]) -> Judgement:
        """Judge float32 (N, 28, 28) in [0, 1]; N may be 0."""
        return judge(self.outputs(tensors), self._card.outputs, self._card.temperature)

    def outputs(self, tensors: NDArray[np.float32]) -> NDArray[np.float32]:
        """The network's raw outputs, float32 (N, 10 or 12), as the card's `outputs` names them."""
        if not len(tensors):
            return np.zeros((0, OUTPUTS[self._card.outputs]), np.float32)
        starts = range(0, len(tensors), LARGEST_BATCH)
        return np.concatenate([self._run(tensors[start : start + LARGEST_BATCH]) for start in starts])

    def _run(self, tensors: NDArray[np.float32]) -> NDArray[np.float32]:
        batch = tf.constant(tensors[..., None], tf.float32)
        return np.asarray(self._call(batch).numpy(), np.float32)


def _with_constant_weights(model: keras.Model) -> Callable[[Any], Any]:
    """The model as a function to be traced with its weights as constants, not as variables that may change.

    Only so can TensorFlow melt each batch normalisation into the convolution before it, and lay out the weights for
    the processor once rather than with every call.
    """
    trainable, others = (
        [v.numpy() for v in kind] for kind in (model.trainable_variables, model.non_trainable_variables)
    )

    def call(batch: Any) -> Any:
        constants = [[tf.constant(value) for value in kind] for kind in (trainable, others)]
        return model.stateless_call(*constants, batch, training=False)[0]

    return call


def try_out(model: keras.Model, card: ModelCard) -> None:
    """Let a network score a little, without all that makes it fast.

    Raises ArtifactError when it answers with something else than finite numbers: a training that diverged leaves
    such weights behind, and no hash gives them away.
    """
    _demand_numbers(model(_probe()[..., None], training=False).numpy(), card)


def _demand_numbers(outputs: NDArray[np.float32], card: ModelCard) -> None:
    if not np.isfinite(outputs).all():
        raise ArtifactError(f"The model {card.version} answers NaN or infinity instead of numbers.")


def _probe() -> NDArray[np.float32]:
    """Tensors for trying a network: an empty sheet, a full one, and ink at random, always the same."""
    tensors = np.random.default_rng(0).random((8, 28, 28), np.float32)
    tensors[0], tensors[1] = 0.0, 1.0
    return tensors
