"""The short way from a plain request to its answer: no thread of its own, no framework, one statement for many.

A request that waits in a thread costs the web process more for changing threads than for all the rest. Here one thread
stores what has arrived meanwhile in one transaction, and whoever hears from the worker answers. What is wrong in any
way goes the ordinary way after all, through the views, which know what to say.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError, close_old_connections
from rest_framework import exceptions

from ml.decoding import ImageError
from recognizer import dispatch, metrics, plain, services, tracing
from recognizer.access import TokenAuthentication, caller_of, check_scope, spend
from recognizer.answers import Answer, answer_to
from recognizer.limits import Allowance
from recognizer.models import Channel, Submission
from recognizer.problems import CONTENT_TYPE, refuse
from recognizer.tokens import Scope
from recognizer.views import PredictionListView, options
from recognizer.writing import Written, usual_fields, write

logger = logging.getLogger(__name__)

VIEW = "predictions"
DECLINED = (ImageError, exceptions.APIException, SuspiciousOperation, DatabaseError)


@dataclass(slots=True, eq=False)
class Parcel:
    """A plain request on its way; `connection` is the server's, and means nothing here.

    `is_settled`: it is stored, or answered.
    """

    connection: Any
    head: plain.Head
    body: bytes
    began: float
    request_id: str
    allowance: Allowance | None = None
    includes: Sequence[str] = ()
    is_settled: bool = False
    submission: Submission | None = None
    future: "Future[dispatch.Reply] | None" = None


class Express:
    """Takes plain requests from a server's event loop.

    Args:
        hand_back: called from other threads with what is settled: each connection, and its answer, or None for a
            request that has to go the ordinary way after all.
        settle: puts who calls into a request's META, as far as proxies can be believed.
    """

    parse_head = staticmethod(plain.parse_head)
    # What waits lies in memory; and a large picture takes so long to read that a thread is little.
    MAX_BODY_BYTES = 2**18

    def __init__(
        self, hand_back: Callable[[list[tuple[Any, Written | None]]], None], settle: Callable[[dict[str, Any]], None]
    ) -> None:
        self._hand_back, self._settle = hand_back, settle
        self._changed = threading.Condition()
        self._arrived: list[Parcel] = []
        # By submission, in the order in which they began. Whoever takes a parcel out answers it.
        self._waiting: dict[str, Parcel] = {}
        self._answered: list[tuple[Parcel, Answer]] = []
        self._usual_fields = b""
        dispatch.dispatcher().after_each_delivery(self._hand_back_answered)
        threading.Thread(target=self._store_forever, name="express", daemon=True).start()

    def take(self, connection: Any, head: plain.Head, body: bytes) -> None:
        """Answer this request, or hand it back."""
        request_id = tracing.take_or_make_id(head.meta.get("HTTP_X_REQUEST_ID", ""))
        with self._changed:
            self._arrived.append(Parcel(connection, head, body, time.perf_counter(), request_id))
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
                self._decline(arrived)

    def _next(self) -> tuple[list[Parcel], list[Parcel]]:
        """What has arrived, and what has waited for as long as it may; waits until there is one of both."""
        with self._changed:
            while not self._arrived and (left := self._left()) > 0:
                self._changed.wait(left)
            arrived, self._arrived = self._arrived, []
            late = []
            while self._left() <= 0:
                late.append(self._waiting.pop(next(iter(self._waiting))))
        return arrived, late

    def _left(self) -> float:
        """Seconds until the first that waits has waited for as long as it may."""
        first = next(iter(self._waiting.values()), None)
        deadline = float(settings.PREDICT_DEADLINE_SECONDS)
        return deadline if first is None else first.began + deadline - time.perf_counter()

    def _store(self, arrived: list[Parcel]) -> None:
        checked = [(parcel, self._try_check(parcel)) for parcel in arrived]
        accepted = [(parcel, submission) for parcel, submission in checked if submission]
        try:
            services.store([submission for _, submission in accepted])
        except DatabaseError as error:
            self._refuse([parcel for parcel, _ in accepted], error)
            accepted = []
        if accepted:
            self._ask(accepted)
        self._decline(arrived)

    def _decline(self, parcels: list[Parcel]) -> None:
        """Those that are neither stored nor answered go the ordinary way."""
        if declined := [parcel for parcel in parcels if not parcel.is_settled]:
            self._hand_back([(parcel.connection, None) for parcel in declined])

    def _refuse(self, parcels: list[Parcel], error: DatabaseError) -> None:
        """Nothing can be stored. Who came while it was tried has waited as long, and need not wait for another try."""
        with self._changed:
            waited, self._arrived = self._arrived, []
        for parcel in (*parcels, *waited):
            parcel.is_settled = True
            self._send([(parcel, Answer(*refuse(error, f"POST {VIEW}"), CONTENT_TYPE))])

    def _try_check(self, parcel: Parcel) -> Submission | None:
        try:
            return self._check(parcel)
        except DECLINED:
            return None

    def _check(self, parcel: Parcel) -> Submission | None:
        request = parcel.head.request()
        self._settle(request.META)
        request.get_host()
        image = plain.picture(request.META["CONTENT_TYPE"], parcel.body)
        if image is None or (settings.SECURE_SSL_REDIRECT and not request.is_secure()):
            return None
        if known := TokenAuthentication().authenticate(request):
            request.auth = known[1]
        check_scope(request, Scope.PREDICT)
        said, caller = options(request.GET.dict()), caller_of(request)
        parcel.includes = said.get("include", [])
        submission = services.check(image=image, channel=Channel.API, client=caller.client, digits=said.get("digits"))
        self._usual_fields = self._usual_fields or usual_fields(parcel.head.request(), PredictionListView())
        parcel.allowance = spend(caller, cost=PredictionListView.cost)
        return submission

    def _ask(self, stored: list[tuple[Parcel, Submission]]) -> None:
        with self._changed:
            for parcel, submission in stored:
                parcel.submission, parcel.is_settled = submission, True
                parcel.body = submission.image = b""
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
        told = self._answer(parcel, parcel.submission)
        with self._changed:
            self._answered.append((parcel, told))

    def _hand_back_answered(self) -> None:
        with self._changed:
            answered, self._answered = self._answered, []
        if answered:
            self._send(answered)

    def _give_up(self, late: list[Parcel]) -> None:
        """Say where the answer will be; or what it is, if it is in the database though its message was lost."""
        for parcel in late:
            if parcel.submission is None or parcel.future is None:
                continue
            dispatch.dispatcher().forget(str(parcel.submission.id), parcel.future)
            with suppress(DatabaseError):
                services.reload_outcome(submission=parcel.submission)
            self._send([(parcel, self._answer(parcel, parcel.submission))])

    def _answer(self, parcel: Parcel, submission: Submission) -> Answer:
        try:
            return answer_to(submission, includes=list(parcel.includes), success=HTTPStatus.CREATED)
        except Exception as error:
            return Answer(*refuse(error, f"POST {VIEW}"), CONTENT_TYPE)

    def _send(self, answered: list[tuple[Parcel, Answer]]) -> None:
        self._hand_back([(parcel.connection, self._write(parcel, told)) for parcel, told in answered])
        for parcel, told in answered:
            seconds = time.perf_counter() - parcel.began
            with tracing.handling(parcel.request_id):
                tracing.log_request("POST", VIEW, told.status, seconds)
            metrics.count_request(VIEW, "POST", told.status, seconds)

    def _write(self, parcel: Parcel, told: Answer) -> Written:
        fields = {"X-Request-ID": parcel.request_id} | (parcel.allowance.headers if parcel.allowance else {})
        return write(told, fields=fields, usual=self._usual_fields, closes=parcel.head.closes)
