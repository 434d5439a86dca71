"""Reading unseen: a version reads what the live one has read, and where they differ, a reviewer should look."""

import logging
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import redis
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

from recognizer import dispatch, recognition, serving, usefulness
from recognizer.models import Prediction, Status, Submission
from recognizer.versions import Role

if TYPE_CHECKING:
    from ml.inference import Recognizer

logger = logging.getLogger(__name__)

# Redis hands a task of the lowest priority to a worker only while no other task waits.
IDLE = 9
# So small that a picture that arrives meanwhile hardly waits.
BATCH = 4
MAX_WAITING_TASKS = 1000


def request(submission_ids: Sequence[str]) -> None:
    """Have the shadow read these, too, once the workers are idle; nothing happens without a shadow.

    Under lasting load the workers are never idle: what does not fit the queue is left to `manage.py replay`.
    """
    from recognizer.tasks import read_along

    if not submission_ids or serving.loaded().get(Role.SHADOW) is None:
        return
    try:
        if waiting() < MAX_WAITING_TASKS:
            for first in range(0, len(submission_ids), BATCH):
                batch = list(submission_ids[first : first + BATCH])
                read_along.apply_async(args=(batch,), priority=IDLE, retry=False)
    except (redis.RedisError, OperationalError) as error:
        logger.warning("The shadow does not read %d submissions (%s)", len(submission_ids), type(error).__name__)


def waiting() -> int:
    """How many tasks wait for idle workers. Raises redis.RedisError."""
    # Kombu keeps one list a priority: the queue's name, this separator, the priority.
    queue = f"{settings.REDIS_KEY_PREFIX}{settings.CELERY_TASK_DEFAULT_QUEUE}\x06\x16{IDLE}"
    return int(dispatch.redis_client().llen(queue))


def read_along(submission_ids: Sequence[str]) -> None:
    """Let the shadow, if there is one by now, read these."""
    shadow = serving.loaded().get(Role.SHADOW)
    if shadow is not None:
        read_unseen(shadow, [UUID(one) for one in submission_ids])


def read_unseen(model: "Recognizer", submission_ids: Iterable[UUID]) -> int:
    """Store what the model reads in those of these that it has not read yet; returns how many.

    The answers stay as they are. Where the versions differ, the submission moves up in the review queue.
    """
    from ml.inference import Reading

    done = Submission.objects.filter(id__in=list(submission_ids), status=Status.DONE)
    rows = list(done.exclude(predictions__model_sha256=model.card.sha256))
    readings = zip(rows, recognition.read(model, rows), strict=True)
    predictions = [
        recognition.as_prediction(row, reading, model.card, live=False)
        for row, reading in readings
        if isinstance(reading, Reading)
    ]
    with transaction.atomic():
        # Some may have been erased meanwhile, or read by another process; a lock first, so that none is read later.
        left = set(done.filter(id__in=[row.id for row in rows]).select_for_update().values_list("id", flat=True))
        read = Prediction.objects.filter(submission__in=left, model_sha256=model.card.sha256)
        left -= set(read.values_list("submission_id", flat=True))
        predictions = [one for one in predictions if one.submission_id in left]
        Prediction.objects.bulk_create(predictions)
    answers = {row.id: (row.answer, row.refusal == "") for row in rows}
    usefulness.refresh(
        one.submission_id for one in predictions if answers[one.submission_id] != (one.text, one.accepted)
    )
    return len(predictions)
