"""What the views ask of a request before a picture is stored, asked of a plain one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from rest_framework import exceptions
from rest_framework.settings import api_settings

from ml.decoding import ImageError
from recognizer import plain, services
from recognizer.access import TokenAuthentication, caller_of, check_scope, spend
from recognizer.limits import Allowance
from recognizer.models import Channel, Submission
from recognizer.tokens import Scope
from recognizer.views import PredictionListView, options

# The query parameter by which REST framework lets a caller choose how an answer is written.
URL_FORMAT_OVERRIDE = api_settings.URL_FORMAT_OVERRIDE
Settle = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Admitted:
    """What is to be stored, the extras that its sender wants to hear, and what is left of their allowance."""

    submission: Submission
    includes: list[str]
    allowance: Allowance | None


def admit(head: plain.Head, body: bytes, settle: Settle) -> Admitted | None:
    """The picture and its sender, if the views would take it; None for whatever they have to see themselves.

    Args:
        settle: puts who calls into a request's META, as far as proxies can be believed.

    Raises:
        django.db.Error: the database does not tell who sends it.
    """
    try:
        return _admit(head, body, settle)
    except (ImageError, exceptions.APIException, SuspiciousOperation):
        return None


def _admit(head: plain.Head, body: bytes, settle: Settle) -> Admitted | None:
    request = head.request()
    settle(request.META)
    request.get_host()
    image = plain.picture(request.META["CONTENT_TYPE"], body)
    needs_redirect = settings.SECURE_SSL_REDIRECT and not request.is_secure()
    if image is None or needs_redirect or URL_FORMAT_OVERRIDE in request.GET:
        return None
    if known := TokenAuthentication().authenticate(request):
        request.auth = known[1]
    check_scope(request, Scope.PREDICT)
    said, caller = options(request.GET.dict()), caller_of(request)
    submission = services.check(image=image, channel=Channel.API, client=caller.client, digits=said.get("digits"))
    # Last, for the views take it from the allowance, too.
    return Admitted(submission, said.get("include", []), spend(caller, cost=PredictionListView.cost))
