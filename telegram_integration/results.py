"""What became of a request's pictures, as plain values for texts and drawings."""

from dataclasses import dataclass, replace
from typing import Any

from telegram_integration.models import Picture

# Below this the answer is put as a guess, and the picture shows what was looked at.
SURE = 0.9


@dataclass(frozen=True, slots=True)
class Mark:
    """One digit: the number read, its confidence in [0, 1], its box (x, y, width, height) in pixels."""

    digit: int
    confidence: float
    box: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Result:
    """One picture's outcome.

    `error` says why it could not be read at all; `reason` why what was read is not vouched for. `size` is the
    width and height that boxes refer to; `image` is there only where it is to be drawn on.
    """

    picture_id: int
    text: str = ""
    confidence: float = 0.0
    accepted: bool = False
    reason: str = ""
    error: str = ""
    marks: tuple[Mark, ...] = ()
    size: tuple[int, int] = (0, 0)
    image: bytes = b""

    @property
    def has_reading(self) -> bool:
        """Whether a model has looked at it, so that there is something to agree or disagree with."""
        return not self.error

    @property
    def certain(self) -> bool:
        """Whether the number can be told without a caveat."""
        return self.accepted and self.confidence >= SURE

    @property
    def needs_drawing(self) -> bool:
        """Several digits, or a doubt that a look at the boxes explains."""
        return bool(self.marks) and (len(self.marks) > 1 or not self.certain)


def result_of(picture: Picture) -> Result:
    """What became of a picture whose submission, if it has one, is finished; uses the ORM."""
    submission = picture.submission
    prediction = submission.prediction if submission else None
    if submission is None or prediction is None:
        error = submission.error_code if submission else picture.error
        return Result(picture.pk, error=error or "unavailable")
    result = Result(
        picture_id=picture.pk,
        text=prediction.text,
        confidence=prediction.confidence,
        accepted=prediction.accepted,
        reason=prediction.reason,
        marks=tuple(_mark(digit) for digit in prediction.digits),
        size=(submission.width, submission.height),
    )
    return replace(result, image=bytes(submission.image)) if result.needs_drawing else result


def number_in(picture: Picture) -> str:
    """The number that was read in a picture, "" where none was; uses the ORM."""
    prediction = picture.submission.prediction if picture.submission else None
    return prediction.text if prediction else ""


def _mark(digit: dict[str, Any]) -> Mark:
    x, y, width, height = digit["box"]
    return Mark(digit["digit"], digit["confidence"], (x, y, width, height))
