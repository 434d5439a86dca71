"""Answers as bytes, for requests that no framework answers; they say what the views' answers say."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from rest_framework.renderers import JSONRenderer
from rest_framework.views import APIView

from recognizer.answers import Answer

# These count and log, and add what is each answer's own.
NOT_ASKED = ("recognizer.tracing.RequestIdMiddleware", "recognizer.metrics.MetricsMiddleware")


@dataclass(frozen=True, slots=True)
class Written:
    """An answer in bytes: `head` from the status line to the last field, each ended; `closes`: as the caller asked."""

    head: bytes
    body: bytes
    closes: bool


def write(told: Answer, *, fields: dict[str, str], usual: bytes, closes: bool) -> Written:
    """An answer with header fields of its own and `usual_fields`."""
    body: bytes = JSONRenderer().render(told.body)
    status = HTTPStatus(told.status)
    own = {"Content-Type": told.content_type, "Content-Length": str(len(body))} | told.headers | fields
    first = f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode()
    return Written(first + _lines(own.items()) + usual, body, closes)


def usual_fields(request: HttpRequest, view: APIView) -> bytes:
    """What the view and the middleware add to the answer of any request like this one, found out by asking them."""
    view.setup(request)

    def respond(_: HttpRequest) -> HttpResponse:
        return HttpResponse(headers=view.default_response_headers)

    handle: Callable[[HttpRequest], Any] = respond
    for name in reversed(settings.MIDDLEWARE):
        if name not in NOT_ASKED:
            handle = import_string(name)(handle)
    said = handle(request).headers
    return _lines((name, value) for name, value in said.items() if name not in ("Content-Type", "Content-Length"))


def _lines(fields: Iterable[tuple[str, str]]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in fields).encode("latin-1")
