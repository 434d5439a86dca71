"""Reads digits in pictures: decode, find the ink, segment, score, decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ml.artifact import ModelCard, load_model
from ml.decoding import ImageError, decode_image, inspect, to_grey
from ml.preprocessing import Ink, find_ink, normalise
from ml.reading_order import choose
from ml.scoring import Scorer, Scores
from ml.segmentation import Candidate, propose

STORED_SIDE = 1600
STORED_PNG_PIXELS = 500_000
MAX_DIGITS = 64
FAINT_CONTRAST = 0.05


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


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where reading turns into refusing: the least confidence and the largest outlier score of any digit."""

    confidence: float
    outlier: float


@dataclass(frozen=True, slots=True)
class _Prepared:
    width: int
    height: int
    image: bytes
    image_format: str
    ink: Ink
    candidates: list[Candidate]
    tensors: NDArray[np.float32]
    digits: int | None


class Recognizer:
    """A loaded model and everything around it; `read` is thread-safe."""

    def __init__(self, scorer: Scorer, card: ModelCard, thresholds: Thresholds) -> None:
        self._scorer = scorer
        self.card = card
        self.thresholds = thresholds

    @classmethod
    def load(cls, path: Path, *, confidence: float | None = None, outlier: float | None = None) -> Recognizer:
        """Load a verified model; `confidence` and `outlier` move its thresholds. Raises ArtifactError."""
        model, card = load_model(path)
        return cls(
            Scorer(model, card),
            card,
            Thresholds(
                card.thresholds["confidence"] if confidence is None else confidence,
                card.thresholds.get("outlier", 1.0) if outlier is None else outlier,
            ),
        )

    def warm_up(self) -> None:
        """Make the first request as fast as the others."""
        self._scorer.warm_up()

    def read(self, pictures: Sequence[Picture]) -> list[Reading | ImageError]:
        """Read all pictures with one batched model call; a bad picture's error stands in its place."""
        prepared = [_try_prepare(picture) for picture in pictures]
        good = [one for one in prepared if isinstance(one, _Prepared)]
        tensors = [one.tensors for one in good] or [np.zeros((0, 28, 28), np.float32)]
        scores = self._scorer(np.concatenate(tensors))
        readings: list[Reading | ImageError] = []
        first = 0
        for one in prepared:
            if isinstance(one, ImageError):
                readings.append(one)
                continue
            last = first + len(one.tensors)
            own = Scores(scores.probabilities[first:last], scores.outlier[first:last])
            readings.append(self._decide(one, own))
            first = last
        return readings

    def _decide(self, prepared: _Prepared, scores: Scores) -> Reading:
        path = choose(prepared.candidates, scores.confidence, prepared.digits)
        digits = tuple(_digit(prepared, scores, index) for index in path)
        reason = self._reason(prepared, digits, max((float(scores.outlier[i]) for i in path), default=0.0))
        return Reading(
            text="".join(str(digit.digit) for digit in digits),
            confidence=float(np.prod([digit.confidence for digit in digits])) if digits else 0.0,
            accepted=reason is None,
            reason=reason,
            digits=digits,
            width=prepared.width,
            height=prepared.height,
            image=prepared.image,
            image_format=prepared.image_format,
        )

    def _reason(self, prepared: _Prepared, digits: tuple[ReadDigit, ...], outlier: float) -> str | None:
        if not digits:
            return "blank"
        if prepared.ink.contrast < FAINT_CONTRAST:
            return "too_faint"
        if len(digits) > MAX_DIGITS:
            return "too_many"
        if outlier > self.thresholds.outlier:
            return "not_a_digit"
        if min(digit.confidence for digit in digits) < self.thresholds.confidence:
            return "ambiguous"
        return None


def _try_prepare(picture: Picture) -> _Prepared | ImageError:
    try:
        return _prepare(picture)
    except ImageError as error:
        return error


def _prepare(picture: Picture) -> _Prepared:
    decoded = decode_image(picture.data)
    ink = find_ink(to_grey(decoded.image))
    candidates = propose(ink, picture.digits)
    tensors = [normalise(candidate.crop) for candidate in candidates]
    image, image_format = _encode(decoded.image, inspect(picture.data).format)
    return _Prepared(
        decoded.width,
        decoded.height,
        image,
        image_format,
        ink,
        candidates,
        np.asarray(tensors, np.float32).reshape(-1, 28, 28),
        picture.digits,
    )


def _digit(prepared: _Prepared, scores: Scores, index: int) -> ReadDigit:
    candidate, probabilities = prepared.candidates[index], scores.probabilities[index]
    digit = int(probabilities.argmax())
    return ReadDigit(
        digit=digit,
        confidence=float(probabilities[digit] * (1 - scores.outlier[index])),
        probabilities=tuple(float(p) for p in probabilities),
        box=_box(prepared, candidate),
        touching=candidate.cuts > 0,
        preview=np.asarray(np.rint(prepared.tensors[index] * 255), np.uint8),
    )


def _box(prepared: _Prepared, candidate: Candidate) -> tuple[int, int, int, int]:
    """The candidate's box in pixels of the upright original."""
    scale = prepared.width / prepared.ink.map.shape[1]
    x, y, width, height = (round(side * scale) for side in candidate.box)
    return x, y, max(1, min(width, prepared.width - x)), max(1, min(height, prepared.height - y))


def _encode(image: Image.Image, source: str) -> tuple[bytes, str]:
    """Encode anew for storing, longer side at most STORED_SIDE; PNG for small drawings, JPEG for photos."""
    pixels = np.asarray(image)
    factor = STORED_SIDE / max(image.size)
    if factor < 1:
        pixels = np.asarray(cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA))
    if pixels.ndim == 3:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    if source != "JPEG" and pixels.shape[0] * pixels.shape[1] <= STORED_PNG_PIXELS:
        return encode_png(pixels), "png"
    return cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes(), "jpeg"


def encode_png(pixels: NDArray[np.uint8]) -> bytes:
    """A PNG file of uint8 pixels, grey (H, W) or BGR (H, W, 3); lightly compressed, for speed."""
    return cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1].tobytes()
