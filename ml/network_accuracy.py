"""What a network answers to normalised digits, and how often it is right, before anything is calibrated."""

from collections.abc import Mapping

import keras
import numpy as np
from numpy.typing import NDArray

from ml.data import NOT_A_DIGIT, LabelledImages


def score(model: keras.Model, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The network's raw outputs, float32 (N, outputs), for pictures uint8 (N, 28, 28)."""
    inputs = images[..., None].astype(np.float32) / np.float32(255)
    return np.asarray(model.predict(inputs, batch_size=500, verbose=0), np.float32)


def accuracy(outputs: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """Share of the digits among the examples whose best digit is the label; outliers are left aside."""
    digits = labels < NOT_A_DIGIT
    return float(np.mean(outputs[digits, :10].argmax(axis=1) == labels[digits]))


def accuracies(model: keras.Model, validation: Mapping[str, LabelledImages]) -> dict[str, float]:
    """Its accuracy on each of these sets, by the set's name."""
    return {name: accuracy(score(model, examples.images), examples.labels) for name, examples in validation.items()}
