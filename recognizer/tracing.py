"""The id that a request keeps on its way: in every log line of the web process, the worker and the bot."""

import logging
import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponseBase

access = logging.getLogger("digits.access")

_current: ContextVar[str] = ContextVar("request_id", default="")
ACCEPTED = re.compile(r"[A-Za-z0-9._:-]{8,128}")


def current() -> str:
    """The id of what is being handled; of several handled together all of theirs, separated by commas."""
    return _current.get()


@contextmanager
def handling(request_id: str) -> Iterator[None]:
    """Log lines within carry this id."""
    token = _current.set(request_id)
    try:
        yield
    finally:
        _current.reset(token)


class RequestIdFilter(logging.Filter):
    """Puts `request_id` into every record, - where there is none."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Lets everything pass."""
        record.request_id = _current.get() or "-"
        return True


class DefectsOnly(logging.Filter):
    """Lets through what Django logs about a request only when it is a defect, with its traceback.

    A 503 while a worker warms up, or a 500 that was logged where it arose, is known already; the path, which may hold
    a submission's id, is replaced by the view's name.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether there is a traceback."""
        match = getattr(getattr(record, "request", None), "resolver_match", None)
        record.msg, record.args = "A request for %s failed", ((match and match.view_name) or "none",)
        return bool(record.exc_info)


class RequestIdMiddleware:
    """Takes the caller's `X-Request-ID` or makes one, answers with it, and logs one line a request.

    The line names the view, not the path: a path may hold a submission's id, which is the right to read it. It
    holds no address either.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = take_or_make_id(request.headers.get("X-Request-ID", ""))
        began = time.perf_counter()
        with handling(request_id):
            response = self.get_response(request)
            view = (request.resolver_match and request.resolver_match.view_name) or "none"
            log_request(request.method or "", view, response.status_code, time.perf_counter() - began)
        response.headers["X-Request-ID"] = request_id
        return response


def take_or_make_id(asked: str) -> str:
    """What the caller sent as `X-Request-ID` if it can be one, or a new one."""
    return asked if ACCEPTED.fullmatch(asked) else uuid.uuid4().hex


def log_request(method: str, view: str, status: int, seconds: float) -> None:
    """The one line of the request that is being handled."""
    milliseconds = seconds * 1000
    extra = {"view": view, "status": status, "milliseconds": round(milliseconds, 1)}
    access.info("%s %s %d %.1f ms", method, view, status, milliseconds, extra=extra)
