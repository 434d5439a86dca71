"""The page, and the same path without JavaScript: a form, and an answer rendered here."""

from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from ml.decoding import ImageError
from recognizer import services, wording
from recognizer.models import Channel, Prediction, Status, Submission
from recognizer.problems import IMAGE_STATUSES

# One transparent pixel: where no digit has been read yet, its picture takes the same place.
NO_PICTURE = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of the probabilities: the digit and its share, as written, and the bar's width in per cent."""

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
    """An answer ready for the template. `state`: accepted, refused, waiting or problem."""

    state: str
    digits: list[ShownDigit]
    sureness: str
    advice: str
    feedback_url: str
    thanks: str = ""


def bars(probabilities: list[float], best: int | None = None) -> list[Bar]:
    """The ten rows for ten probabilities."""
    return [
        Bar(
            figure=wording.figures(str(digit)),
            percent=wording.percent(share),
            width=f"{share * 100:.1f}",
            best=digit == best,
        )
        for digit, share in enumerate(probabilities)
    ]


def show_digit(stored: dict[str, Any]) -> ShownDigit:
    """A digit of a stored prediction."""
    return ShownDigit(
        figure=wording.figures(str(stored["digit"])),
        preview=f"data:image/png;base64,{stored['preview']}",
        bars=bars(stored["probabilities"], stored["digit"]),
    )


def show(submission: Submission) -> Shown:
    """What a visitor sees of a submission in whatever state it is."""
    url = reverse("reading", args=[submission.id])
    if submission.status == Status.FAILED:
        sentences = wording.problems()
        advice = sentences.get(submission.error_code, sentences["unknown"])
        return Shown(state="problem", digits=[], sureness="", advice=advice, feedback_url=url)
    if submission.prediction is None:
        waiting = _("All readers are busy. Yours is in the queue; this page looks again by itself.")
        return Shown(state="waiting", digits=[], sureness="", advice=waiting, feedback_url=url)
    return _show_prediction(submission.prediction, url)


def _show_prediction(prediction: Prediction, url: str) -> Shown:
    sure = wording.percent(prediction.confidence)
    sentence = _("{percent} sure") if prediction.accepted else _("Best guess, {percent} sure")
    return Shown(
        state="accepted" if prediction.accepted else "refused",
        digits=[show_digit(digit) for digit in prediction.digits],
        sureness=sentence.format(percent=sure) if prediction.digits else "",
        advice=wording.refusals().get(prediction.reason, ""),
        feedback_url=url,
    )


class PageView(View):
    """`/`"""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The sheet."""
        return render_page(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        """The form of browsers without JavaScript: on to the answer, or the page with what is wrong."""
        sent = request.FILES.get("file")
        if not isinstance(sent, UploadedFile):
            return render_page(request, problem=wording.problems()["missing_image"], status=400)
        try:
            submission = services.submit(image=sent.read(), channel=Channel.WEB)
        except ImageError as error:
            sentence = wording.problems().get(error.code, str(error))
            return render_page(request, problem=sentence, status=IMAGE_STATUSES.get(type(error), 422))
        services.read(submission=submission)
        return redirect("reading", submission.id)


def render_page(request: HttpRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    """The page with an empty sheet."""
    context = {
        "problem": problem,
        "strings": wording.strings(),
        "blank": ShownDigit(figure="", preview=NO_PICTURE, bars=bars([0.0] * 10)),
        # Width in pixels of the sheet (840 x 600), radius of the dot that stands for it, name.
        "pen_widths": [(12, 3, _("Fine pen")), (22, 5, _("Medium pen")), (36, 8, _("Broad pen"))],
    }
    return render(request, "recognizer/page.html", context, status=status)


class ReadingView(View):
    """`/readings/{id}/`: an answer on a page of its own, with the form to correct it."""

    def get(self, request: HttpRequest, submission_id: str) -> HttpResponse:
        """Whoever knows the address of a submission made on the page may read its answer."""
        return render(request, "recognizer/reading.html", {"shown": show(find(submission_id))})


def find(submission_id: str) -> Submission:
    """A submission made on the page.

    Raises:
        Http404: none has this id.
    """
    try:
        submission = services.get_submission(submission_id)
    except Submission.DoesNotExist as error:
        raise Http404 from error
    if submission.channel != Channel.WEB:
        raise Http404
    return submission
