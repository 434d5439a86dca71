"""Celery tasks: each fetches and delegates. Arguments are ids."""

import logging
import time

import redis
from celery import Task, shared_task
from celery.signals import worker_process_init

from recognizer import (
    dispatch,
    privacy,
    recognition,
    saliency,
    serving,
    shadowing,
    summaries,
    sweeping,
    timelimits,
    tracing,
)

logger = logging.getLogger(__name__)


@shared_task(name="recognizer.recognise", bind=True)
def recognise(self: "Task[..., None]", submission_ids: list[str], reply_to: str = "") -> None:
    """Read these submissions, store what was read, answer whoever waits.

    An answer goes out even when reading broke off, empty then: the sender counts its tasks under way.
    """
    replies: dict[str, dispatch.Reply] = {}
    began = time.perf_counter()
    with tracing.handling(self.request.get("request_ids") or ""):
        try:
            replies = recognition.recognise(submission_ids)
        finally:
            _reply(reply_to, str(self.request.id), replies)
        milliseconds = (time.perf_counter() - began) * 1000
        logger.info("Read %d of %d submissions in %.1f ms", len(replies), len(submission_ids), milliseconds)
    shadowing.request(list(replies))


@shared_task(name="recognizer.read_along")
def read_along(submission_ids: list[str]) -> None:
    """Let the shadow version read what the live one has read."""
    logger.info("Idle: the shadow may read %d submissions", len(submission_ids))
    shadowing.read_along(submission_ids)


def _reply(reply_to: str, task_id: str, replies: dict[str, dispatch.Reply]) -> None:
    try:
        dispatch.send_replies(reply_to=reply_to, task_id=task_id, replies=replies)
    except redis.RedisError as error:
        logger.warning("Replies not sent (%s); they are in the database", type(error).__name__)


@shared_task(name="recognizer.purge")
def purge() -> None:
    """Erase what nobody reviewed in time, a little in each task: what is sent meanwhile goes in between."""
    if privacy.purge() == privacy.CHUNK:
        purge.apply_async(retry=False)


@shared_task(name="recognizer.summarise")
def summarise() -> None:
    """Count the dashboard's figures, a little in each task: whoever waits for an answer goes in between."""
    if not summaries.refresh():
        summarise.apply_async(priority=shadowing.IDLE, retry=False)


@shared_task(name="recognizer.check_worker", bind=True)
def check_worker(self: "Task[..., None]", reply_to: str) -> None:
    """Readiness: answered only by a worker whose model is loaded."""
    card = serving.live().card
    task_id = str(self.request.id)
    _reply(reply_to, task_id, {task_id: {"model_version": card.version}})


@shared_task(name="recognizer.explain", bind=True)
def explain(self: "Task[..., None]", submission_id: str, place: int, reply_to: str) -> None:
    """Answer which ink speaks for one digit of a submission."""
    task_id = str(self.request.id)
    _reply(reply_to, task_id, {task_id: saliency.explain(submission_id, place)})


@worker_process_init.connect
def warm_up(**_: object) -> None:
    """Load the model before the first task: after any fork, and in a solo worker too.

    Celery logs a receiver's exception and goes on, and a worker without a model would use up the attempts of
    all it is given: it ends instead.
    """
    from ml.process import tune_process

    tune_process()
    try:
        serving.loaded()
    except Exception as error:
        logger.exception("This worker ends: its model cannot be used")
        raise SystemExit(1) from error
    timelimits.enforce()
    sweeping.start()
