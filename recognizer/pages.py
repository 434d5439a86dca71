"""The page, and the same path without JavaScript: a form, and an answer rendered here."""

from math import ceil

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View

from ml.decoding import ImageError
from recognizer import limits, services, wording
from recognizer.access import Caller, TooMany, spend
from recognizer.models import Channel, Prediction, Submission
from recognizer.problems import IMAGE_STATUSES
from recognizer.shown import no_digit, show


class PageView(View):
    """`/`"""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The sheet."""
        return render_page(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        """The form of browsers without JavaScript: on to the answer, or the page with what is wrong."""
        try:
            spend(visitor(request), cost=1)
        except TooMany as error:
            response = render_page(request, problem=wording.problems()["throttled"], status=error.status_code)
            response.headers["Retry-After"] = str(ceil(getattr(error, "wait", None) or 1))
            return response
        return self._read(request, request.FILES.get("file"))

    def _read(self, request: HttpRequest, sent: object) -> HttpResponse:
        if not isinstance(sent, UploadedFile):
            return render_page(request, problem=wording.problems()["missing_image"], status=400)
        try:
            submission = services.submit(image=sent.read(), channel=Channel.WEB)
        except ImageError as error:
            sentence = wording.problems().get(error.code, str(error))
            return render_page(request, problem=sentence, status=IMAGE_STATUSES.get(type(error), 422))
        services.read(submission=submission)
        return redirect("reading", submission.id)


class ReadingView(View):
    """`/readings/{id}/`: an answer on a page of its own, with the form to correct it."""

    def get(self, request: HttpRequest, submission_id: str) -> HttpResponse:
        """Whoever knows the address of a submission made on the page may read its answer."""
        return render_reading(request, find(submission_id))

    def post(self, request: HttpRequest, submission_id: str) -> HttpResponse:
        """The visitor's word on it."""
        submission = find(submission_id)
        if submission.prediction is None:
            raise Http404
        try:
            label = said(request.POST, submission.prediction)
            services.give_feedback(submission=submission, label=label, client="")
        except ValidationError:
            return render_reading(request, submission, wording.strings()["labelDigits"], status=400)
        return render_reading(request, submission, wording.thanks(label))


def visitor(request: HttpRequest) -> Caller:
    """Who sends the form: nobody in particular, told apart by address for the limits alone."""
    key = limits.address_key(request.META.get("REMOTE_ADDR", ""))
    return Caller("", key, limits.Rate(*settings.RATE_LIMIT_ANONYMOUS))


def said(form: QueryDict, prediction: Prediction) -> str:
    """The label that the form means: what was typed counts more than the button that sent it.

    Raises:
        ValidationError: a correction was sent and nothing was typed.
    """
    typed, verdict = form.get("label", "").strip(), form.get("verdict")
    if not typed and verdict not in ("right", "none"):
        raise ValidationError("Neither a label nor a verdict.")
    if typed:
        return typed.translate(wording.ASCII_FIGURES)
    return prediction.text if verdict == "right" else ""


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


def render_page(request: HttpRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    """The page with an empty sheet."""
    context = {
        "problem": problem,
        "strings": wording.strings(),
        "blank": no_digit(),
        # Width in pixels of the sheet (840 x 600), radius of the dot that stands for it, name.
        "pen_widths": [(12, 3, _("Fine pen")), (22, 5, _("Medium pen")), (36, 8, _("Broad pen"))],
    }
    return render(request, "recognizer/page.html", context | promises(), status=status)


def render_reading(
    request: HttpRequest, submission: Submission, reply: object = "", *, status: int = 200
) -> HttpResponse:
    """The page of one answer, with a reply to the visitor's feedback."""
    context = {"shown": show(submission), "reply": reply}
    return render(request, "recognizer/reading.html", context | promises(), status=status)


def promises() -> dict[str, object]:
    """What the privacy section says of this installation."""
    days = settings.RETENTION_DAYS
    return {"retention_days": days, "retention_figures": wording.figures(str(days))}
