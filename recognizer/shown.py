"""An answer as the page's template takes it, for browsers without JavaScript."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from recognizer import wording
from recognizer.models import Prediction, Status, Submission

# One transparent pixel: where no digit has been read yet, its picture takes the same place.
NO_PICTURE = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of the probabilities: the digit and its share as written, and the bar's width in per cent."""

    figure: str
    percent: str
    width: str
    best: bool


@dataclass(frozen=True, slots=True)
class ShownDigit:
    """One digit with its ten bars and, as a data URL, the picture that the model saw."""

    figure: str
    preview: str
    bars: list[Bar]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a visitor sees of a submission. `state`: accepted, refused, waiting or problem."""

    state: str
    advice: str
    feedback_url: str
    sureness: str = ""
    digits: tuple[ShownDigit, ...] = ()


def show(submission: Submission) -> Shown:
    """A submission in whatever state it is."""
    url = reverse("reading", args=[submission.id])
    if submission.status == Status.FAILED:
        sentences = wording.problems()
        return Shown(
            state="problem", advice=sentences.get(submission.error_code, sentences["unknown"]), feedback_url=url
        )
    if submission.prediction is None:
        waiting = _("All readers are busy. You are in the queue: this page looks again by itself.")
        return Shown(state="waiting", advice=waiting, feedback_url=url)
    return _show_prediction(submission.prediction, url)


def no_digit() -> ShownDigit:
    """The place of a digit before any has been read."""
    return ShownDigit(figure="", preview=NO_PICTURE, bars=_bars([0.0] * 10))


def _show_prediction(prediction: Prediction, url: str) -> Shown:
    return Shown(
        state="accepted" if prediction.accepted else "refused",
        advice=wording.refusals().get(prediction.reason, ""),
        feedback_url=url,
        sureness=wording.sureness(prediction.confidence, accepted=prediction.accepted) if prediction.digits else "",
        digits=tuple(_show_digit(digit) for digit in prediction.digits),
    )


def _show_digit(stored: dict[str, Any]) -> ShownDigit:
    return ShownDigit(
        figure=wording.figures(str(stored["digit"])),
        preview=f"data:image/png;base64,{stored['preview']}",
        bars=_bars(stored["probabilities"], stored["digit"]),
    )


def _bars(probabilities: list[float], best: int | None = None) -> list[Bar]:
    return [
        Bar(
            figure=wording.figures(str(digit)),
            percent=wording.percent(share),
            width=f"{share * 100:.1f}",
            best=digit == best,
        )
        for digit, share in enumerate(probabilities)
    ]
