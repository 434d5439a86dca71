"""The network as a fast, calibrated function: 28x28 tensors in, probabilities out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from ml.artifact import ModelCard

BATCH_SIZES = (1, 4, 16, 64, 256)
"""Tensors are padded up to one of these, so that TensorFlow traces each once, before the first request."""

_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Scores:
    """What the network says of N tensors.

    `probabilities`: float32 (N, 10), rows sum to 1: which digit, given that it is one.
    `outlier`: float32 (N,) in [0, 1]: how likely it is no single whole digit; zeros if the model cannot tell.
    """

    probabilities: NDArray[np.float32]
    outlier: NDArray[np.float32]

    @property
    def confidence(self) -> NDArray[np.float32]:
        """float32 (N,): how likely each is a digit, and its most likely digit the right one."""
        return np.asarray(self.probabilities.max(axis=1) * (1 - self.outlier), np.float32)


class Scorer:
    """Calls one model in fixed batch sizes; thread-safe once warm."""

    def __init__(self, model: keras.Model, card: ModelCard) -> None:
        self._card = card
        self._calls = {size: _concrete(model, size) for size in BATCH_SIZES}

    def warm_up(self) -> None:
        """Run every batch size once, so that no request pays for TensorFlow's first call."""
        for call in self._calls.values():
            call(tf.zeros(call.inputs[0].shape))  # type: ignore[attr-defined]

    def __call__(self, tensors: NDArray[np.float32]) -> Scores:
        """Score float32 (N, 28, 28) in [0, 1]; N may be 0."""
        return calibrate(self.outputs(tensors), self._card)

    def outputs(self, tensors: NDArray[np.float32]) -> NDArray[np.float32]:
        """The network's raw outputs, float32 (N, 10 or 11), as the card's `outputs` names them."""
        step = BATCH_SIZES[-1]
        parts = [self._run(tensors[i : i + step]) for i in range(0, len(tensors), step)]
        return np.concatenate(parts) if parts else np.zeros((0, 11), np.float32)

    def _run(self, tensors: NDArray[np.float32]) -> NDArray[np.float32]:
        count = len(tensors)
        size = next(size for size in BATCH_SIZES if size >= count)
        padded = np.zeros((size, *tensors.shape[1:], 1), np.float32)
        padded[:count, ..., 0] = tensors
        return np.asarray(self._calls[size](tf.constant(padded)).numpy()[:count], np.float32)


def calibrate(outputs: NDArray[np.float32], card: ModelCard) -> Scores:
    """Raw outputs to probabilities, by the card's temperature (Guo et al., "On Calibration", 2017)."""
    if card.outputs == "softmax10":
        scores = np.log(outputs[:, :10] + _TINY)
        return Scores(_softmax(scores / card.temperature), np.zeros(len(outputs), np.float32))
    outlier = _softmax(outputs)[:, 10]
    return Scores(_softmax(outputs[:, :10] / card.temperature), outlier)


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def _concrete(model: keras.Model, size: int) -> Callable[[Any], Any]:
    signature = tf.TensorSpec((size, 28, 28, 1), tf.float32)
    call = tf.function(lambda batch: model(batch, training=False), input_signature=[signature])
    concrete: Callable[[Any], Any] = call.get_concrete_function()
    return concrete
