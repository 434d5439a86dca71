"""The network as a fast function: 28x28 tensors in, calibrated probabilities out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from ml.artifact import OUTPUTS, ModelCard
from ml.calibration import Judgement, judge

BATCH_SIZES = (256, 128, 64, 32, 16, 8, 4, 2, 1)
"""Any number of tensors is scored as a few batches of these, traced before the first request: nothing is padded."""


class Scorer:
    """Calls one model in fixed batch sizes; thread-safe."""

    def __init__(self, model: keras.Model, card: ModelCard) -> None:
        self._card = card
        self._calls = {size: _concrete(model, size) for size in BATCH_SIZES}

    def warm_up(self) -> None:
        """Run every batch size once, so that no request pays for TensorFlow's first call."""
        for size in BATCH_SIZES:
            self._run(np.zeros((size, 28, 28), np.float32))

    def __call__(self, tensors: NDArray[np.float32]) -> Judgement:
        """Judge float32 (N, 28, 28) in [0, 1]; N may be 0."""
        return judge(self.outputs(tensors), self._card.outputs, self._card.temperature)

    def outputs(self, tensors: NDArray[np.float32]) -> NDArray[np.float32]:
        """The network's raw outputs, float32 (N, 10 or 11), as the card's `outputs` names them."""
        parts = [np.zeros((0, OUTPUTS[self._card.outputs]), np.float32)]
        start = 0
        while start < len(tensors):
            size = next(size for size in BATCH_SIZES if size <= len(tensors) - start)
            parts.append(self._run(tensors[start : start + size]))
            start += size
        return np.concatenate(parts)

    def _run(self, tensors: NDArray[np.float32]) -> NDArray[np.float32]:
        batch = tf.constant(tensors[..., None], tf.float32)
        return np.asarray(self._calls[len(tensors)](batch).numpy(), np.float32)


def _concrete(model: keras.Model, size: int) -> Callable[[Any], Any]:
    signature = tf.TensorSpec((size, 28, 28, 1), tf.float32)
    call = tf.function(lambda batch: model(batch, training=False), input_signature=[signature])
    concrete: Callable[[Any], Any] = call.get_concrete_function()
    return concrete
