"""Whether a candidate may take the place of the model that answers: it must not be worse in any figure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from ml.artifact import ArtifactError
from ml.calibration import Thresholds
from ml.data import NOT_A_DIGIT, LabelledImages
from ml.evaluation import share
from ml.inference import ModelFailed, Picture, Reading, Recognizer
from ml.scoring import Scorer

CHUNK = 64

Figures = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class LabelledPicture:
    """An encoded picture and its digits in reading order, "" for none."""

    data: bytes
    label: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """One figure of both models, as `ml.evaluation.share` gives it: `share` with its interval from `low` to `high`."""

    name: str
    live: dict[str, Any]
    candidate: dict[str, Any]

    @property
    def is_worse(self) -> bool:
        """Whether the candidate lies below the 95 % Wilson interval of the live model."""
        return bool(self.candidate["share"] < self.live["low"])

    def __str__(self) -> str:
        return (
            f"{self.name}: {self.candidate['share']:.2%} "
            f"(live {self.live['share']:.2%}, at least {self.live['low']:.2%}, of {self.live['of']})"
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """All figures of a candidate beside those of the live model."""

    comparisons: tuple[Comparison, ...]

    @property
    def passed(self) -> bool:
        """Whether it is worse in none."""
        return not any(one.is_worse for one in self.comparisons)

    @property
    def sentence(self) -> str:
        """In which figures it is worse, if in any."""
        worse = "; ".join(str(one) for one in self.comparisons if one.is_worse)
        return (
            f"Worse than the live version in {worse}."
            if worse
            else f"Worse in none of {len(self.comparisons)} figures."
        )

    def as_json(self) -> dict[str, Any]:
        """`passed`, `sentence` and `figures`, ready for JSON."""
        return {
            "passed": self.passed,
            "sentence": self.sentence,
            "figures": [asdict(one) | {"worse": one.is_worse} for one in self.comparisons],
        }


def compare(
    live: Path, candidate: Path, sets: Mapping[str, LabelledImages], pictures: Sequence[LabelledPicture]
) -> Verdict:
    """Measure two model files on the same named sets of tensors and on the same pictures.

    Raises ArtifactError when one of them is missing or damaged, or answers with NaN or infinity.
    """
    one, other = measure(live, sets, pictures), measure(candidate, sets, pictures)
    return Verdict(tuple(Comparison(name, one[name], other[name]) for name in one))


def measure(path: Path, sets: Mapping[str, LabelledImages], pictures: Sequence[LabelledPicture]) -> Figures:
    """The figures of one model: digits that are right, right and accepted; non-digits that are refused."""
    scorer = Scorer.load(path)
    figures: Figures = {}
    for name, examples in sets.items():
        judgement = scorer(examples.images.astype(np.float32) / np.float32(255))
        if not np.isfinite(judgement.confidence).all():
            raise ArtifactError(f"The model {scorer.card.version} answers NaN or infinity to some of {name}.")
        accepted, digits = judgement.accepted(Thresholds(**scorer.card.thresholds)), examples.labels < NOT_A_DIGIT
        right = judgement.digits == examples.labels
        figures |= _share(f"{name}, right", right[digits].tolist())
        figures |= _share(f"{name}, right and accepted", (right & accepted)[digits].tolist())
        figures |= _share(f"{name}, non-digits refused", (~accepted[~digits]).tolist())
    return figures | _measure_pictures(Recognizer.around(scorer), pictures)


def _measure_pictures(recognizer: Recognizer, pictures: Sequence[LabelledPicture]) -> Figures:
    outcomes = list(_read(recognizer, iter(pictures)))
    right = [text == label for label, text, _ in outcomes if label]
    refused = [not accepted for label, _, accepted in outcomes if not label]
    return _share("reviewed and held out, right", right) | _share("reviewed and held out, non-digits refused", refused)


def _read(recognizer: Recognizer, pictures: Iterator[LabelledPicture]) -> Iterator[tuple[str, str, bool]]:
    while batch := list(islice(pictures, CHUNK)):
        readings = recognizer.read([Picture(picture.data) for picture in batch])
        for picture, reading in zip(batch, readings, strict=True):
            if isinstance(reading, ModelFailed):
                raise ArtifactError(str(reading))
            if isinstance(reading, Reading):
                yield picture.label, reading.text, reading.accepted


def _share(name: str, hits: Sequence[bool]) -> Figures:
    return {name: share(sum(hits), len(hits))} if hits else {}
