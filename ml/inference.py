"""Reads digits in pictures: decode, find the ink, segment, score, decide."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ml import binarisation, line_reading
from ml.artifact import ModelCard
from ml.calibration import Judgement, Thresholds
from ml.decoding import ImageError
from ml.line_reading import weigh
from ml.preparation import Prepared, prepare
from ml.reading_order import find_steps, find_ways
from ml.refusal import are_too_many, refusal
from ml.saliency import saliency
from ml.scoring import Scorer
from ml.segmentation import Candidate
from ml.slashes import find_slashes
from ml.unread import find_signs
from ml.ways import Way, Weighed, agree, settle


class ModelFailed(ImageError):  # noqa: N818
    """The network answers NaN or infinity to this picture: not its fault, but it stays unread all the same."""

    code = "model_failed"


@dataclass(frozen=True, slots=True)
class Picture:
    """What a caller sends: an encoded picture, and how many digits it holds, when known."""

    data: bytes
    digits: int | None = None


@dataclass(frozen=True, slots=True)
class ReadDigit:
    """One digit found.

    `probabilities`: ten, of the digits 0 to 9. `confidence`: the chance that `digit` is right, in [0, 1].
    `box`: (x, y, width, height) in pixels of the upright original. `touching`: it was cut from its neighbour.
    `preview`: uint8 (28, 28), what the network saw, 255 = ink.
    """

    digit: int
    confidence: float
    probabilities: tuple[float, ...]
    box: tuple[int, int, int, int]
    touching: bool
    preview: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a picture says.

    `text`: the digits in reading order, the best guess even when refused.
    `confidence`: the chance that the digits are right, all of them and as a whole, in [0, 1].
    `accepted`: whether to believe it; if not, `reason` is blank, too_faint, not_a_digit, ambiguous or too_many.
    `width`, `height`: pixels of the upright original.
    `image`: the picture encoded anew, without metadata, as `image_format` ("png" or "jpeg").
    """

    text: str
    confidence: float
    accepted: bool
    reason: str | None
    digits: tuple[ReadDigit, ...]
    width: int
    height: int
    image: bytes
    image_format: str


class Recognizer:
    """A loaded model and everything around it; `read` is thread-safe."""

    def __init__(
        self, score: Callable[[NDArray[np.float32]], Judgement], card: ModelCard, thresholds: Thresholds
    ) -> None:
        """`score` judges float32 (N, 28, 28) in [0, 1] and is thread-safe, as a Scorer is."""
        self._score = score
        self.card = card
        self.thresholds = thresholds

    @classmethod
    def load(cls, path: Path, *, confidence: float | None = None, outlier: float | None = None) -> Recognizer:
        """Load a verified model; `confidence` and `outlier` move its thresholds. Raises ArtifactError.

        Also when the networks for ink and for lines are damaged, which otherwise the first photograph would tell.
        """
        binarisation.shipped()
        line_reading.shipped()
        return cls.around(Scorer.load(path), confidence=confidence, outlier=outlier)

    @classmethod
    def around(cls, scorer: Scorer, *, confidence: float | None = None, outlier: float | None = None) -> Recognizer:
        """Around a loaded network."""
        thresholds = Thresholds(**scorer.card.thresholds)
        if confidence is not None:
            thresholds = replace(thresholds, confidence=confidence)
        if outlier is not None:
            thresholds = replace(thresholds, outlier=outlier)
        return cls(scorer, scorer.card, thresholds)

    def read(self, pictures: Sequence[Picture]) -> list[Reading | ImageError]:
        """Read all pictures, their digits in one go through the model; a bad picture's error stands in its place."""
        prepared = [_try_prepare(picture) for picture in pictures]
        tensors = [one.tensors for one in prepared if isinstance(one, Prepared)]
        judgement = self._score(np.concatenate([np.zeros((0, 28, 28), np.float32), *tensors]))
        readings: list[Reading | ImageError] = []
        first = 0
        for one in prepared:
            if isinstance(one, ImageError):
                readings.append(one)
                continue
            own = slice(first, first + len(one.tensors))
            readings.append(self._try_decide(one, judgement.take(own)))
            first += len(one.tensors)
        return readings

    def saliency(self, preview: NDArray[np.uint8], digit: int) -> NDArray[np.float32]:
        """How much each point of a digit's `preview`, uint8 (28, 28), speaks for `digit`: float32, [-1, 1]."""
        return saliency(self._score, preview.astype(np.float32) / np.float32(255), digit)

    def _try_decide(self, prepared: Prepared, judgement: Judgement) -> Reading | ModelFailed:
        if not np.isfinite(judgement.confidence).all():
            return ModelFailed(f"The model {self.card.version} answered NaN or infinity.")
        return self._decide(prepared, judgement)

    def _decide(self, prepared: Prepared, judgement: Judgement) -> Reading:
        signs = find_signs(prepared.candidates, judgement.foreign)
        slashes = find_slashes(prepared.candidates)
        steps = find_steps(prepared.candidates, judgement, {*signs, *slashes})
        weighed = Weighed(find_ways(steps, prepared.digits))
        if weighed.ways and not are_too_many(prepared, weighed.ways[0]):
            belief = judgement.belief
            weighed = weigh(weighed.ways, prepared.candidates, steps, belief, signs, slashes, prepared.digits)
        ways = weighed.ways
        agreement = agree(ways)
        judgement = settle(judgement, weighed, agreement)
        digits = _digits(prepared, judgement, ways[0]) if ways else ()
        reason = refusal(prepared, judgement, ways, agreement, signs, self.thresholds)
        product = float(np.prod([digit.confidence for digit in digits])) if digits else 0.0
        return Reading(
            text="".join(str(digit.digit) for digit in digits),
            confidence=product if agreement.chance is None else min(product, agreement.chance),
            accepted=reason is None,
            reason=reason,
            digits=digits,
            width=prepared.width,
            height=prepared.height,
            image=prepared.image,
            image_format=prepared.image_format,
        )


def _try_prepare(picture: Picture) -> Prepared | ImageError:
    try:
        return prepare(picture.data, picture.digits)
    except ImageError as error:
        return error


def _digits(prepared: Prepared, judgement: Judgement, way: Way) -> tuple[ReadDigit, ...]:
    return tuple(
        ReadDigit(
            digit=digit,
            confidence=float(confidence),
            probabilities=tuple(judgement.probabilities[index].tolist()),
            box=_box(prepared, prepared.candidates[index]),
            touching=prepared.candidates[index].cuts > 0,
            preview=np.asarray(np.rint(prepared.tensors[index] * 255), np.uint8),
        )
        for digit, index, confidence in zip(
            way.digits, way.path, judgement.confidence_in(way.path, way.digits), strict=True
        )
    )


def _box(prepared: Prepared, candidate: Candidate) -> tuple[int, int, int, int]:
    """The candidate's box in pixels of the upright original."""
    left, top, width, height = (round(side * prepared.scale) for side in candidate.box)
    x, y = prepared.origin[0] + left, prepared.origin[1] + top
    return x, y, max(1, min(width, prepared.width - x)), max(1, min(height, prepared.height - y))
