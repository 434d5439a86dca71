"""The short way from a plain request to its answer: no thread of its own, no framework, one statement for many.

A request that waits in a thread costs the web process more for changing threads than for all the rest. Here one thread
stores what has arrived meanwhile in one transaction, and whoever hears from the worker answers. What is wrong in any
way goes the ordinary way after all, through the views, which know what to say.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError, close_old_connections
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer

from ml.decoding import ImageError
from recognizer import dispatch, metrics, plain, services, tracing
from recognizer.access import TokenAuthentication, caller_of, check_scope, spend
from recognizer.answers import Answer, answer_to
from recognizer.limits import Allowance
from recognizer.models import Channel, Submission
from recognizer.problems import CONTENT_TYPE, STATUS_DETAILS, problem
from recognizer.tokens import Scope
from recognizer.views import PredictionListView, options

logger = logging.getLogger(__name__)

VIEW = "predictions"
# These count and log, and here that is done without them.
NOT_HEADERS = ("recognizer.tracing.RequestIdMiddleware", "recognizer.metrics.MetricsMiddleware")
DECLINED = (ImageError, exceptions.APIException, SuspiciousOperation, DatabaseError)


@dataclass(frozen=True, slots=True)
class Written:
    """An answer in bytes: `head` from the status line to the last field, each ended; `closes`: as the caller asked."""

    head: bytes
    body: bytes
    closes: bool


@dataclass(slots=True, eq=False)
class Parcel:
    """A plain request on its way; `connection` is the server's, and means nothing here."""

    connection: Any
    head: plain.Head
    body: bytes
    began: float
    request_id: str = ""
    allowance: Allowance | None = None
    includes: tuple[str, ...] = ()
    submission: Submission | None = None
    future: "Future[dispatch.Reply] | None" = None


class Express:
    """Takes plain requests from a server's event loop.

    Args:
        hand_back: called from other threads with what is settled: each connection, and its answer, or None for a
            request that has to go the ordinary way after all.
    """

    parse_head = staticmethod(plain.parse_head)

    def __init__(self, hand_back: Callable[[list[tuple[Any, Written | None]]], None]) -> None:
        self._hand_back = hand_back
        self._changed = threading.Condition()
        self._arrived: list[Parcel] = []
        # By submission, in the order in which they began. Whoever takes a parcel out answers it.
        self._waiting: dict[str, Parcel] = {}
        self._answered: list[tuple[Any, Written | None]] = []
        self._usual_fields = b""
        self._render = JSONRenderer().render
        dispatch.dispatcher().after_each_delivery(self._hand_back_answered)
        threading.Thread(target=self._store_forever, name="express", daemon=True).start()

    def take(self, connection: Any, head: plain.Head, body: bytes) -> None:
        """Answer this request, or hand it back."""
        with self._changed:
            self._arrived.append(Parcel(connection, head, body, time.perf_counter()))
            self._changed.notify()

    def _store_forever(self) -> None:
        while True:
            arrived, late = self._next()
            try:
                close_old_connections()
                self._give_up(late)
                self._store(arrived)
            except Exception:
                # Whatever it is, this thread must live on.
                logger.exception("Plain requests failed")
                self._hand_back([(parcel.connection, None) for parcel in arrived if parcel.submission is None])

    def _next(self) -> tuple[list[Parcel], list[Parcel]]:
        """What has arrived, and what has waited for as long as it may; waits until there is one of both."""
        with self._changed:
            while not self._arrived and not self._is_late():
                self._changed.wait(timeout=1 if self._waiting else None)
            arrived, self._arrived = self._arrived, []
            late = []
            while self._is_late():
                late.append(self._waiting.pop(next(iter(self._waiting))))
        return arrived, late

    def _is_late(self) -> bool:
        first = next(iter(self._waiting.values()), None)
        return first is not None and time.perf_counter() - first.began > settings.PREDICT_DEADLINE_SECONDS

    def _store(self, arrived: list[Parcel]) -> None:
        checked = [(parcel, self._try_check(parcel)) for parcel in arrived]
        accepted = [(parcel, submission) for parcel, submission in checked if submission]
        try:
            services.store([submission for _, submission in accepted])
        except DatabaseError:
            accepted = []
        self._ask(accepted)
        if declined := [parcel for parcel in arrived if parcel.submission is None]:
            self._hand_back([(parcel.connection, None) for parcel in declined])

    def _try_check(self, parcel: Parcel) -> Submission | None:
        try:
            return self._check(parcel)
        except DECLINED:
            return None

    def _check(self, parcel: Parcel) -> Submission | None:
        request = parcel.head.request()
        request.get_host()
        image = plain.picture(request.META["CONTENT_TYPE"], parcel.body)
        if image is None or (settings.SECURE_SSL_REDIRECT and not request.is_secure()):
            return None
        if known := TokenAuthentication().authenticate(request):
            request.auth = known[1]
        check_scope(request, Scope.PREDICT)
        said, caller = options(request.GET.dict()), caller_of(request)
        parcel.request_id, parcel.includes = tracing.id_of(request), tuple(said.get("include", ()))
        submission = services.check(image=image, channel=Channel.API, client=caller.client, digits=said.get("digits"))
        self._usual_fields = self._usual_fields or usual_fields(request)
        parcel.allowance = spend(caller, cost=PredictionListView.cost)
        return submission

    def _ask(self, stored: list[tuple[Parcel, Submission]]) -> None:
        with self._changed:
            for parcel, submission in stored:
                parcel.submission = submission
                self._waiting[str(submission.id)] = parcel
        asked = [(str(submission.id), parcel.request_id) for parcel, submission in stored]
        futures = dispatch.dispatcher().request(asked)
        for (parcel, submission), future in zip(stored, futures, strict=True):
            parcel.future = future
            future.add_done_callback(partial(self._hear, str(submission.id)))
        self._hand_back_answered()

    def _hear(self, submission_id: str, future: "Future[dispatch.Reply]") -> None:
        with self._changed:
            parcel = self._waiting.pop(submission_id, None)
        if parcel is None or parcel.submission is None:
            return
        dispatch.apply_reply(parcel.submission, future.result())
        written = self._answer(parcel, parcel.submission)
        with self._changed:
            self._answered.append((parcel.connection, written))

    def _hand_back_answered(self) -> None:
        with self._changed:
            answered, self._answered = self._answered, []
        if answered:
            self._hand_back(answered)

    def _give_up(self, late: list[Parcel]) -> None:
        """Say where the answer will be; or what it is, if it is in the database though its message was lost."""
        for parcel in late:
            if parcel.submission is None or parcel.future is None:
                continue
            dispatch.dispatcher().forget(str(parcel.submission.id), parcel.future)
            with suppress(DatabaseError):
                services.reload_outcome(submission=parcel.submission)
            self._hand_back([(parcel.connection, self._answer(parcel, parcel.submission))])

    def _answer(self, parcel: Parcel, submission: Submission) -> Written:
        try:
            told = answer_to(submission, includes=list(parcel.includes), success=HTTPStatus.CREATED)
        except Exception:
            logger.exception("%s failed", VIEW)
            told = Answer(500, problem(500, "internal_error", STATUS_DETAILS[500]), content_type=CONTENT_TYPE)
        seconds = time.perf_counter() - parcel.began
        with tracing.handling(parcel.request_id):
            tracing.log_request("POST", VIEW, told.status, seconds)
        metrics.count_request(VIEW, "POST", told.status, seconds)
        body = self._render(told.body)
        return Written(self._head(parcel, told, len(body)), body, parcel.head.closes)

    def _head(self, parcel: Parcel, told: Answer, length: int) -> bytes:
        allowed = parcel.allowance.headers if parcel.allowance else {}
        own = {"Content-Type": told.content_type, "Content-Length": str(length), "X-Request-ID": parcel.request_id}
        status = HTTPStatus(told.status)
        first = f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode()
        return first + lines((own | told.headers | allowed).items()) + self._usual_fields


def lines(fields: Iterable[tuple[str, str]]) -> bytes:
    """Header fields as they are written, each ended."""
    return "".join(f"{name}: {value}\r\n" for name, value in fields).encode("latin-1")


def usual_fields(request: HttpRequest) -> bytes:
    """What the view and the middleware add to the answer of any plain request, by asking them about this one."""

    def view(_: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={"Allow": ", ".join(PredictionListView().allowed_methods)})

    handle: Callable[[HttpRequest], Any] = view
    for name in reversed(settings.MIDDLEWARE):
        if name not in NOT_HEADERS:
            handle = import_string(name)(handle)
    said = handle(request).headers
    return lines((name, value) for name, value in said.items() if name not in ("Content-Type", "Content-Length"))
