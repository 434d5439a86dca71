"""Getting work to a worker and the answer back.

One `Dispatcher` lives in each web or bot process. While its tasks are under way it gathers what arrives and
sends that as the next task: under load a task carries many pictures, and alone a picture never waits.
Answers come back over one Redis list per process. Nothing here is needed for a submission to be read in the
end: what gets lost on the way is found in the database by the sweeper.
"""

import json
import logging
import os
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import redis
from django.conf import settings
from kombu.exceptions import OperationalError

from recognizer import tallies
from recognizer.models import Prediction, Submission
from recognizer.outages import Outage
from recognizer.publishing import publish

if TYPE_CHECKING:
    from celery import Task

logger = logging.getLogger(__name__)

Reply = dict[str, Any]
REPLY_TTL_SECONDS = 60
# Only so that questions do not pile up while no worker is there: the clocks of two hosts may differ by so much.
QUESTION_SECONDS = 600


PREDICTION_FIELDS = (
    "text",
    "confidence",
    "accepted",
    "reason",
    "digits",
    "model_version",
    "model_sha256",
    "preprocessing_version",
)


def as_reply(submission: Submission) -> Reply:
    """What a finished submission's waiter needs to know, without asking the database again."""
    prediction = submission.prediction
    return {
        "status": submission.status,
        "error_code": submission.error_code,
        "prediction": prediction and {name: getattr(prediction, name) for name in PREDICTION_FIELDS},
    }


def apply_reply(submission: Submission, reply: Reply) -> None:
    """Bring the waiter's copy of the row up to date."""
    submission.status, submission.error_code = reply["status"], reply["error_code"]
    fields = reply["prediction"]
    submission.prediction = fields and Prediction(submission=submission, **fields)


@lru_cache(maxsize=1)
def redis_client() -> redis.Redis:
    """This process's connection pool, with every wait bounded."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=2)


def send_replies(*, reply_to: str, task_id: str, replies: dict[str, Reply]) -> None:
    """Called by the worker: push the answers of one task to the process that waits for them, if one does.

    What was counted meanwhile goes with them.

    Raises:
        redis.RedisError: Redis is away; the answers are in the database all the same.
    """
    pipeline = redis_client().pipeline(transaction=False)
    if reply_to:
        pipeline.lpush(reply_to, json.dumps({"task_id": task_id, "replies": replies}))
        pipeline.expire(reply_to, REPLY_TTL_SECONDS)
    counted = tallies.take()
    tallies.add_to(pipeline, counted)
    try:
        pipeline.execute()
    except redis.RedisError:
        tallies.give_back(counted)
        raise


def queue_length() -> int:
    """How many tasks wait for a worker.

    Raises:
        redis.RedisError: Redis is away.
    """
    return int(redis_client().llen(f"{settings.REDIS_KEY_PREFIX}{settings.CELERY_TASK_DEFAULT_QUEUE}"))


def takes_turn(name: str, *, seconds: float) -> bool:
    """Whether it is this process that does what one of all does every so often. Raises redis.RedisError."""
    key = f"{settings.REDIS_KEY_PREFIX}turn:{name}"
    return bool(redis_client().set(key, os.getpid(), nx=True, px=max(1, int(seconds * 1000))))


def note_sweep() -> None:
    """Remember that the sweeper looked just now. Raises redis.RedisError."""
    redis_client().set(f"{settings.REDIS_KEY_PREFIX}swept_at", time.time())


def last_sweep() -> float | None:
    """When the sweeper looked last, as Unix time; None when it never did. Raises redis.RedisError."""
    stored = redis_client().get(f"{settings.REDIS_KEY_PREFIX}swept_at")
    return None if stored is None else float(stored)


class Dispatcher:
    """Sends submissions to the workers in as few tasks as there are workers, and hands out the answers."""

    def __init__(self) -> None:
        self._reply_to = f"{settings.REDIS_KEY_PREFIX}replies:{uuid.uuid4().hex}"
        self._changed = threading.Condition()
        self._outgoing: deque[tuple[str, str]] = deque()  # with the id of the request that sent it
        self._waiting: dict[str, list[Future[Reply]]] = {}
        self._under_way: dict[str, float] = {}
        self._after_delivery: list[Callable[[], None]] = []
        self._unsent = Outage("Submissions are not published: they stay queued for the sweeper. Look after Redis")
        self._unheard = Outage("No answer comes from workers: callers are told to look it up. Look after Redis")
        for target in (self._send_forever, self._receive_forever):
            threading.Thread(target=target, name=target.__name__, daemon=True).start()

    def request(self, wanted: Iterable[tuple[str, str]]) -> list[Future[Reply]]:
        """Ask for submissions to be read; each future resolves to the worker's reply, or never.

        Args:
            wanted: each submission's id, and the id of the request that sent it. They leave together.
        """
        asked = [(submission_id, request_id, Future[Reply]()) for submission_id, request_id in wanted]
        with self._changed:
            for submission_id, request_id, future in asked:
                self._waiting.setdefault(submission_id, []).append(future)
                self._outgoing.append((submission_id, request_id))
            self._changed.notify_all()
        return [future for _, _, future in asked]

    def after_each_delivery(self, call: Callable[[], None]) -> None:
        """Call this whenever the futures that one message of a worker resolves are resolved."""
        self._after_delivery.append(call)

    def forget(self, submission_id: str, future: Future[Reply]) -> None:
        """The caller stopped waiting; the submission will be read all the same."""
        with self._changed:
            futures = self._waiting.get(submission_id, [])
            if future in futures:
                futures.remove(future)
            if not futures:
                self._waiting.pop(submission_id, None)

    def _send_forever(self) -> None:
        while True:
            with self._changed:
                while not (self._outgoing and self._has_room()):
                    # A task whose worker died never answers; without the timeout its place would stay taken.
                    self._changed.wait(timeout=1 if self._outgoing else None)
                size = min(len(self._outgoing), settings.DISPATCH_BATCH_SIZE)
                batch = [self._outgoing.popleft() for _ in range(size)]
                task_id = uuid.uuid4().hex
                self._under_way[task_id] = time.monotonic()
            self._send(batch, task_id)

    def _has_room(self) -> bool:
        expired = time.monotonic() - settings.PREDICT_DEADLINE_SECONDS
        self._under_way = {task: since for task, since in self._under_way.items() if since > expired}
        return len(self._under_way) < settings.WORKER_CONCURRENCY

    def _send(self, batch: list[tuple[str, str]], task_id: str) -> None:
        submission_ids, request_ids = zip(*batch, strict=True)
        known = dict.fromkeys(filter(None, request_ids))
        try:
            publish(submission_ids, reply_to=self._reply_to, task_id=task_id, request_ids=known)
            self._unsent.over()
            return
        except (OperationalError, redis.RedisError) as error:
            self._unsent.seen(error)
        except Exception:
            # Whatever it is, this thread must live on.
            logger.exception("Could not publish %d submissions; they stay queued for the sweeper", len(batch))
        with self._changed:
            self._under_way.pop(task_id, None)

    def _receive_forever(self) -> None:
        while True:
            try:
                item = redis_client().brpop([self._reply_to], timeout=2)
            except redis.RedisError as error:
                self._unheard.seen(error)
                time.sleep(0.5)
                continue
            self._unheard.over()
            try:
                if item is not None:
                    self._deliver(json.loads(item[1]))
            except Exception:
                # Whatever it is, this thread must live on.
                logger.exception("An answer could not be handed on; who waits for it looks it up at their deadline")

    def _deliver(self, message: dict[str, Any]) -> None:
        with self._changed:
            self._under_way.pop(message["task_id"], None)
            delivered = [
                (future, reply)
                for submission_id, reply in message["replies"].items()
                for future in self._waiting.pop(submission_id, [])
            ]
            self._changed.notify_all()
        for future, reply in delivered:
            if not future.done():
                future.set_result(reply)
        for call in self._after_delivery:
            call()


def ask(task: "Task[..., None]", *args: Any, timeout: float) -> Reply | None:
    """Run a task whose last argument is where to reply, and wait for what it replies under its own id.

    None when no worker replied within the timeout (seconds, below the client's own of five).
    """
    task_id = uuid.uuid4().hex
    reply_to = f"{settings.REDIS_KEY_PREFIX}replies:{task_id}"
    try:
        task.apply_async(args=(*args, reply_to), task_id=task_id, retry=False, expires=QUESTION_SECONDS)
        item = redis_client().brpop([reply_to], timeout=timeout)
    except (redis.RedisError, OperationalError):
        return None
    return json.loads(item[1])["replies"].get(task_id) if item else None


def worker_answers(*, timeout: float) -> bool:
    """Whether a worker with a warm model answers a real task within the timeout (seconds)."""
    from recognizer.tasks import check_worker

    return ask(check_worker, timeout=timeout) is not None


_dispatchers: dict[int, Dispatcher] = {}
_dispatchers_lock = threading.Lock()


def dispatcher() -> Dispatcher:
    """This process's dispatcher, made on first use: its threads would not survive a fork."""
    pid = os.getpid()
    with _dispatchers_lock:
        if pid not in _dispatchers:
            _dispatchers[pid] = Dispatcher()
        return _dispatchers[pid]
