"""The short way from a plain request to its answer: no thread of its own, no framework, one statement for many.

A request that waits in a thread costs the web process more for changing threads than for all the rest. Here one thread
stores what has arrived meanwhile in one transaction, and whoever hears from the worker answers. What is wrong in any
way goes the ordinary way after all, through the views, which know what to say.
"""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import close_old_connections

from recognizer import dispatch, metrics, plain, services, tracing
from recognizer.admission import Admitted, Settle, admit
from recognizer.answers import Answer, answer_to
from recognizer.models import Submission
from recognizer.problems import CONTENT_TYPE, refuse
from recognizer.views import PredictionListView
from recognizer.writing import Written, usual_fields, write

logger = logging.getLogger(__name__)

VIEW = "predictions"


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
    admitted: Admitted | None = None
    is_settled: bool = False
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

    def __init__(self, hand_back: Callable[[list[tuple[Any, Written | None]]], None], settle: Settle) -> None:
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
            for parcel in late:
                self._give_up(parcel)
            try:
                close_old_connections()
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
        try:
            for parcel in arrived:
                parcel.admitted = admit(parcel.head, parcel.body, self._settle)
            accepted = [(parcel, parcel.admitted.submission) for parcel in arrived if parcel.admitted]
            if accepted:
                self._usual_fields = self._usual_fields or _usual_fields(accepted[0][0])
                services.store([submission for _, submission in accepted])
                self._ask(accepted)
        except DatabaseError as error:
            self._refuse(arrived, error)
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
            self._send([(parcel, _refusal(parcel, error))])

    def _ask(self, stored: list[tuple[Parcel, Submission]]) -> None:
        with self._changed:
            for parcel, submission in stored:
                parcel.is_settled = True
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
        if parcel is not None:
            told = _answer(parcel, lambda submission: dispatch.apply_reply(submission, future.result()))
            with self._changed:
                self._answered.append((parcel, told))

    def _hand_back_answered(self) -> None:
        with self._changed:
            answered, self._answered = self._answered, []
        if answered:
            self._send(answered)

    def _give_up(self, parcel: Parcel) -> None:
        """Say where the answer will be; or what it is, if it is in the database though its message was lost."""
        if parcel.admitted and parcel.future:
            dispatch.dispatcher().forget(str(parcel.admitted.submission.id), parcel.future)
        self._send([(parcel, _answer(parcel, lambda submission: services.reload_outcome(submission=submission)))])

    def _send(self, answered: list[tuple[Parcel, Answer]]) -> None:
        self._hand_back([(parcel.connection, self._write(parcel, told)) for parcel, told in answered])
        for parcel, told in answered:
            seconds = time.perf_counter() - parcel.began
            with tracing.handling(parcel.request_id):
                tracing.log_request("POST", VIEW, told.status, seconds)
            metrics.count_request(VIEW, "POST", told.status, seconds)

    def _write(self, parcel: Parcel, told: Answer) -> Written:
        allowance = parcel.admitted.allowance if parcel.admitted else None
        fields = {"X-Request-ID": parcel.request_id} | (allowance.headers if allowance else {})
        put = partial(write, fields=fields, usual=self._usual_fields, closes=parcel.head.closes)
        try:
            return put(told)
        except Exception as error:
            return put(_refusal(parcel, error))


def _answer(parcel: Parcel, update: Callable[[Submission], None]) -> Answer:
    """What its sender is told once `update` has brought the submission up to date, whatever comes of that."""
    try:
        assert parcel.admitted is not None
        update(parcel.admitted.submission)
        return answer_to(parcel.admitted.submission, includes=parcel.admitted.includes, success=HTTPStatus.CREATED)
    except Exception as error:
        return _refusal(parcel, error)


def _refusal(parcel: Parcel, error: Exception) -> Answer:
    with tracing.handling(parcel.request_id):
        return Answer(*refuse(error, f"POST {VIEW}"), CONTENT_TYPE)


def _usual_fields(parcel: Parcel) -> bytes:
    return usual_fields(parcel.head.request(), PredictionListView())
