"""What raw network outputs mean: calibrated probabilities, and when to refuse rather than guess.

NumPy only (SciPy while fitting), so that whoever judges outputs needs no Keras.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
SMALLEST = 1e-12
RARITY = 0.1
"""How much rarer what is no digit is in use than in training."""

REFUSED = 0.0065
"""Of the digits in use, at most this share is refused: enough to refuse nine of ten letters, with some to spare."""

IMPLAUSIBLE = 0.005
"""A label less probable than this is taken for wrong."""

_BINS = 15


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the network says of N pictures, each value in [0, 1].

    `probabilities`: float64 (N, 10), rows sum to 1. `outlier`: float64 (N,), that it is not one whole digit.
    `foreign`: float64 (N,), that it is not even made of digits; as `judge` says it, never more than `outlier`.
    """

    probabilities: Floats
    outlier: Floats
    foreign: Floats

    def take(self, rows: slice) -> "Judgement":
        """Of these rows only."""
        return Judgement(self.probabilities[rows], self.outlier[rows], self.foreign[rows])

    @property
    def digits(self) -> NDArray[np.int64]:
        """The most probable digit of each row, int64 (N,)."""
        return np.asarray(self.probabilities.argmax(axis=1), np.int64)

    @property
    def belief(self) -> Floats:
        """The probability that there is a digit and that it is this one, where half of all are none: float64 (N,)."""
        return np.asarray(self.probabilities.max(axis=1) * (1.0 - self.outlier), np.float64)

    @property
    def confidence(self) -> Floats:
        """The probability that the most probable digit is right, float64 (N,)."""
        return self.confidence_in(np.arange(len(self.outlier)), self.digits)

    def confidence_in(self, rows: ArrayLike, digits: ArrayLike) -> Floats:
        """The probability that in each of these rows there is this digit, float64 (n,).

        In training about half of the examples are no digits, among what people send few: the outlier's odds are
        corrected for that (Saerens et al., "Adjusting the outputs of a classifier to new a priori probabilities",
        2002).
        """
        rows = np.asarray(rows, np.int64)
        probability, outlier = self.probabilities[rows, np.asarray(digits, np.int64)], self.outlier[rows]
        rare = RARITY * outlier
        return np.asarray(probability * (1.0 - rare / (rare + 1.0 - outlier)), np.float64)

    def accepted(self, thresholds: "Thresholds") -> NDArray[np.bool_]:
        """Which rows pass, bool (N,)."""
        return (self.confidence >= thresholds.confidence) & (self.outlier <= thresholds.outlier)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where reading turns into refusing: the least confidence and the largest outlier score of any digit.

    A model card's `thresholds` are its keyword arguments.
    """

    confidence: float
    outlier: float = 1.0

    def are_exceeded(self, outlier: Floats, cut: NDArray[np.bool_]) -> bool:
        """Whether the outlier scores of a number's digits, float64 (N,), say that it is none.

        Of N scores the largest passes a threshold N times as often as one does. So that a long number is refused as
        rarely as a single digit, a doubtful one among sure ones has 1 / N of the way left (Bonferroni's correction).
        Not so where the ink was `cut`, bool (N,): there a high score tells a bad cut.
        """
        doubtful = outlier > self.outlier
        if not doubtful.any():
            return False
        return bool((doubtful & cut).any() or outlier.sum() > 1.0 - (1.0 - self.outlier) / len(outlier))


def judge(outputs: NDArray[np.float32], kind: str, temperature: float) -> Judgement:
    """Probabilities from raw outputs float32 (N, 10 or 12) of a model whose card says `outputs` = `kind`.

    The ten digits are weighed against one another, with the temperature (Guo et al., "On calibration of modern
    neural networks", 2017); the outlier score against all ten together.
    """
    scores = _scores(outputs, kind)
    probabilities = softmax(scores[:, :10] / temperature)
    others = softmax(scores)[:, 10:]
    return Judgement(probabilities, others.sum(axis=1), others[:, :1].sum(axis=1))


def _scores(outputs: NDArray[np.float32], kind: str) -> Floats:
    scores = outputs.astype(np.float64)
    return np.log(np.maximum(scores, SMALLEST)) if kind == "softmax10" else scores


def softmax(scores: Floats) -> Floats:
    """Probabilities from raw scores, float64 (N, K) each."""
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


def choose_thresholds(judgement: Judgement, kind: str, *, refused: float = REFUSED) -> dict[str, float]:
    """Thresholds that refuse at most the share `refused` of these digits, most of it spent on outliers."""
    if kind == "softmax10":
        return {"confidence": _lower_quantile(judgement.confidence, refused)}
    outlier = 1.0 - _lower_quantile(1.0 - judgement.outlier, 0.8 * refused)
    kept = judgement.confidence[judgement.outlier <= outlier]
    left = max(0, int(refused * len(judgement.outlier)) - (len(judgement.outlier) - len(kept)))
    return {"confidence": float(np.sort(kept)[left]), "outlier": outlier}


def _lower_quantile(values: Floats, share: float) -> float:
    return float(np.sort(values)[int(share * len(values))])


def expected_calibration_error(confidence: Floats, correct: NDArray[np.bool_]) -> float:
    """Mean distance between confidence and accuracy over fifteen equal bins, weighted by size, in [0, 1]."""
    if not len(confidence):
        return 0.0
    which = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    gaps = [abs(np.sum(confidence[which == one]) - np.sum(correct[which == one])) for one in np.unique(which)]
    return float(np.sum(gaps) / len(confidence))
