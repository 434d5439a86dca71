"""The review queue's page and what its script asks for: next, decide, skip, undo."""

import json
from typing import Any
from uuid import UUID

from django.contrib.admin import AdminSite
from django.contrib.auth.models import User
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from recognizer import review, wording
from recognizer.admin import words
from recognizer.models import Submission

BUFFER = 4
MAX_SKIPPED = 200
PREFIX = "recognizer_submission_review"


class ReviewDesk:
    """The queue's views, for those who may change submissions."""

    def __init__(self, site: AdminSite) -> None:
        self.site = site

    def urls(self) -> list[URLPattern]:
        """Routes below the list of submissions."""
        wrap = self.site.admin_view
        return [
            path("review/", wrap(require_GET(self.page)), name=PREFIX),
            path("review/next/", wrap(require_POST(self.next)), name=f"{PREFIX}_next"),
            path("review/decide/", wrap(require_POST(self.decide)), name=f"{PREFIX}_decide"),
            path("review/skip/", wrap(require_POST(self.skip)), name=f"{PREFIX}_skip"),
            path("review/undo/", wrap(require_POST(self.undo)), name=f"{PREFIX}_undo"),
        ]

    def page(self, request: HttpRequest) -> HttpResponse:
        """The page; its script fetches the pictures."""
        reviewer(request)
        context = {
            **self.site.each_context(request),
            "title": _("Review"),
            "opts": Submission._meta,
            "waiting": review.waiting(),
            "strings": strings(),
            "keys": keys(),
        }
        return TemplateResponse(request, "admin/recognizer/submission/review.html", context)

    def next(self, request: HttpRequest) -> HttpResponse:
        """Up to BUFFER more submissions, reserved; `have` are those on the page already."""
        user, sent = reviewer(request), body(request)
        without = {*request.session.get("skipped", []), *map(str, sent.get("have", []))}
        rows = review.take(reviewer=user, count=BUFFER, without=[UUID(row) for row in without])
        return JsonResponse({"items": [item(row) for row in rows], "waiting": review.waiting()})

    def decide(self, request: HttpRequest) -> HttpResponse:
        """Set the label of one; 409 when somebody else has."""
        user, sent = reviewer(request), body(request)
        label = str(sent.get("label", "")).translate(wording.ASCII_FIGURES)
        try:
            review.decide(submission_id=submission_id(sent), label=label, reviewer=user)
        except review.Conflict:
            return problem(_("Somebody else has decided on this one; their label stands."), 409)
        except Submission.DoesNotExist:
            return problem(_("This one was erased meanwhile."), 409)
        except ValidationError as error:
            return problem(" ".join(error.messages), 400)
        return JsonResponse({"waiting": review.waiting()})

    def skip(self, request: HttpRequest) -> HttpResponse:
        """Leave one to others; it does not come again in this session, unless `back` takes that back."""
        user, sent = reviewer(request), body(request)
        which = submission_id(sent)
        skipped = [row for row in request.session.get("skipped", []) if row != str(which)]
        if sent.get("back"):
            review.hold([which], user)
        else:
            review.release(submission_id=which, reviewer=user)
            skipped.append(str(which))
        request.session["skipped"] = skipped[-MAX_SKIPPED:]
        return JsonResponse({})

    def undo(self, request: HttpRequest) -> HttpResponse:
        """Take back the latest decision, on the submission named or on any; its item comes back."""
        user, sent = reviewer(request), body(request)
        which = submission_id(sent) if "id" in sent else None
        try:
            submission = review.undo(reviewer=user, submission_id=which)
        except (review.Conflict, Submission.DoesNotExist):
            return problem(_("Somebody else has changed it since; it cannot be taken back here."), 409)
        return JsonResponse({"item": item(submission) if submission else None, "waiting": review.waiting()})


def reviewer(request: HttpRequest) -> User:
    """The person at the desk.

    Raises:
        PermissionDenied: they may not review.
    """
    if not isinstance(request.user, User) or not request.user.has_perm("recognizer.change_submission"):
        raise PermissionDenied
    return request.user


def body(request: HttpRequest) -> dict[str, Any]:
    """The request's JSON object; anything else is an empty one."""
    try:
        sent = json.loads(request.body or b"{}")
    except ValueError:
        return {}
    return sent if isinstance(sent, dict) else {}


def submission_id(sent: dict[str, Any]) -> UUID:
    """The id in a request.

    Raises:
        BadRequest: there is none; the page's script always sends one.
    """
    try:
        return UUID(str(sent.get("id")))
    except ValueError as error:
        raise BadRequest from error


def problem(sentence: str, status: int) -> JsonResponse:
    """What went wrong, in a sentence for the reviewer."""
    return JsonResponse({"detail": sentence}, status=status)


def item(row: Submission) -> dict[str, Any]:
    """What the page shows of one submission."""
    live = row.prediction
    return {
        "id": str(row.id),
        "picture": reverse("admin:recognizer_submission_picture", args=[row.id]),
        "page": reverse("admin:recognizer_submission_change", args=[row.id]),
        "width": row.width,
        "height": row.height,
        "text": live.text if live else "",
        "accepted": bool(live and live.accepted),
        "outcome": words.reason(live) if live else "",
        "why": words.why(row),
        "channel": row.get_channel_display(),
        "digits": [
            {"digit": digit["digit"], "box": digit["box"], "percent": wording.percent(digit["confidence"])}
            for digit in (live.digits if live else [])
        ],
    }


def keys() -> list[tuple[str, str]]:
    """The keys and what they do."""
    return [
        ("Enter", _("accept what is shown")),
        ("0–9", _("type the number")),
        ("N", _("no digit")),
        ("S", _("skip")),
        ("U", _("undo")),
        ("B", _("boxes on or off")),
    ]


def strings() -> dict[str, str]:
    """Everything the script says."""
    return {
        "accept": _("Accept {label}"),
        "acceptNone": _("Accept: no digit"),
        "nothing": _("nothing read"),
        "noDigit": _("no digit"),
        "saved": _("Saved: {label}"),
        "skipped": _("Skipped."),
        "undone": _("Taken back."),
        "nothingToUndo": _("There is nothing to take back."),
        "offline": _("That could not be saved; it is before you again. Check the connection."),
        "loggedOut": _("You are logged out, or may no longer review. Load the page again."),
        "picture": _("Picture {channel}, read as {text}, {outcome}."),
        "waiting": _("{count} waiting"),
        "waitingMany": _("more than {count} waiting"),
        "decided": _("{count} decided"),
    }
