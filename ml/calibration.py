"""What raw network outputs mean: calibrated probabilities, and when to refuse rather than guess.

NumPy only (SciPy while fitting), so that whoever judges outputs needs no Keras.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SMALLEST = 1e-12
IMPLAUSIBLE = 0.005
"""A label less probable than this is taken for wrong."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """`probabilities`: float64 (N, 10), rows sum to 1. `outlier`: float64 (N,), that it is no single digit."""

    probabilities: Floats
    outlier: Floats

    @property
    def digits(self) -> NDArray[np.int64]:
        """The most probable digit of each row, int64 (N,)."""
        return np.asarray(self.probabilities.argmax(axis=1), np.int64)

    @property
    def confidence(self) -> Floats:
        """The probability that there is a digit and that it is this one, float64 (N,)."""
        return np.asarray(self.probabilities.max(axis=1) * (1.0 - self.outlier), np.float64)

    def accepted(self, thresholds: Mapping[str, float]) -> NDArray[np.bool_]:
        """Which rows pass the thresholds of a model card, bool (N,)."""
        return (self.confidence >= thresholds["confidence"]) & (self.outlier <= thresholds.get("outlier", 1.0))


def judge(outputs: NDArray[np.float32], kind: str, temperature: float) -> Judgement:
    """Probabilities from raw outputs float32 (N, 10 or 11) of a model whose card says `outputs` = `kind`.

    The ten digits are weighed against one another, with the temperature (Guo et al., "On calibration of modern
    neural networks", 2017); the outlier score against all ten together.
    """
    scores = _scores(outputs, kind)
    probabilities = _softmax(scores[:, :10] / temperature)
    outlier = _softmax(scores)[:, 10] if kind == "logits10+outlier" else np.zeros(len(scores))
    return Judgement(probabilities, outlier)


def _scores(outputs: NDArray[np.float32], kind: str) -> Floats:
    scores = outputs.astype(np.float64)
    return np.log(np.maximum(scores, SMALLEST)) if kind == "softmax10" else scores


def _softmax(scores: Floats) -> Floats:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float64)


def fit_temperature(outputs: NDArray[np.float32], labels: NDArray[np.int64], kind: str) -> float:
    """The temperature at which the confidence best foretells whether the digit is right, in [0.2, 5].

    `labels`: int64 (N,), digits only. Best by log-likelihood. A label that the network finds all but impossible
    is more likely wrong than the network (pen strokes hold such labels), and is left aside.
    """
    from scipy.optimize import minimize_scalar

    plausible = judge(outputs, kind, 1.0).probabilities[np.arange(len(labels)), labels] > IMPLAUSIBLE
    outputs, labels = outputs[plausible], labels[plausible]

    def loss(log_temperature: float) -> float:
        judgement = judge(outputs, kind, float(np.exp(log_temperature)))
        chance = np.where(judgement.digits == labels, judgement.confidence, 1.0 - judgement.confidence)
        return -float(np.mean(np.log(np.maximum(chance, SMALLEST))))

    found = minimize_scalar(loss, bounds=(np.log(0.2), np.log(5.0)), method="bounded")
    return float(np.exp(found.x))


def choose_thresholds(judgement: Judgement, kind: str, *, refused: float = 0.01) -> dict[str, float]:
    """Thresholds that refuse at most the share `refused` of these digits, most of it spent on outliers."""
    if kind == "softmax10":
        return {"confidence": _lower_quantile(judgement.confidence, refused)}
    outlier = 1.0 - _lower_quantile(1.0 - judgement.outlier, 0.8 * refused)
    kept = judgement.confidence[judgement.outlier <= outlier]
    left = max(0, int(refused * len(judgement.outlier)) - (len(judgement.outlier) - len(kept)))
    return {"confidence": float(np.sort(kept)[left]), "outlier": outlier}


def _lower_quantile(values: Floats, share: float) -> float:
    return float(np.sort(values)[int(share * len(values))])


def expected_calibration_error(confidence: Floats, correct: NDArray[np.bool_], *, bins: int = 15) -> float:
    """Mean distance between confidence and accuracy over equal bins, weighted by size, in [0, 1]."""
    if not len(confidence):
        return 0.0
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [abs(np.sum(confidence[which == one]) - np.sum(correct[which == one])) for one in np.unique(which)]
    return float(np.sum(gaps) / len(confidence))
