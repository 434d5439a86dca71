"""Saliency: only ink counts, and erasing what it points at is what hurts."""

import numpy as np
import pytest
from numpy.typing import NDArray

from ml.calibration import Judgement
from ml.inference import Picture, Reading, Recognizer
from ml.saliency import saliency
from tests.pictures import png


def _likes_the_left_half(tensors: NDArray[np.float32]) -> Judgement:
    """A network that sees a 3 as far as there is ink on the left, and else a 5."""
    left = tensors[:, :, :14].mean(axis=(1, 2)).astype(np.float64)
    share = 0.1 + 0.8 * left / left[0]
    probabilities = np.zeros((len(tensors), 10))
    probabilities[:, 3], probabilities[:, 5] = share, 1 - share
    return Judgement(probabilities, np.zeros(len(tensors)), np.zeros(len(tensors)))


def test_points_at_the_ink_that_decides() -> None:
    tensor = np.zeros((28, 28), np.float32)
    tensor[8:20, 4:8] = tensor[8:20, 20:24] = 1

    found = saliency(_likes_the_left_half, tensor, 3)

    assert found.shape == (28, 28) and found.dtype == np.float32
    assert found.max() == pytest.approx(1)
    assert found[8:20, 4:8].min() > 0.3
    assert np.abs(found[8:20, 20:24]).max() < 0.05
    assert not found[tensor == 0].any()


def test_ink_may_speak_against() -> None:
    tensor = np.zeros((28, 28), np.float32)
    tensor[8:20, 4:8] = tensor[8:20, 20:24] = 1

    assert saliency(_likes_the_left_half, tensor, 5).min() == pytest.approx(-1)


def test_of_a_digit_that_was_read(recognizer: Recognizer) -> None:
    (reading,) = recognizer.read([Picture(png("4"))])
    assert isinstance(reading, Reading)
    digit = reading.digits[0]

    found = recognizer.saliency(digit.preview, digit.digit)

    assert found.max() > 0 and np.abs(found).max() == pytest.approx(1)
    assert not found[digit.preview == 0].any()
