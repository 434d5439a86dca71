"""Claiming, storing once however often a message comes, and sweeping up what was lost."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import OperationalError, connection
from django.utils import timezone

from ml.decoding import ImageTooLarge
from recognizer import dispatch, recognition, services, sweeping
from recognizer.answers import answer_to
from recognizer.models import Prediction, Status, Submission
from recognizer.publishing import publish
from recognizer.services import MAX_SWEPT_TASKS
from tests.pictures import png
from tests.processes import Process, wait_until


def queued(digits: str = "7", **fields: Any) -> Submission:
    """A stored submission, changed by the fields."""
    row = services.submit(image=png(digits), channel="api")
    Submission.objects.filter(id=row.id).update(**fields)
    row.refresh_from_db()
    return row


def test_a_claim_counts_the_attempt_and_holds_the_row(db: None) -> None:
    row = queued()

    first, second = (recognition.claim([str(row.id)], model_version="v1") for _ in range(2))

    assert [claimed.id for claimed in first] == [row.id]
    assert second == []
    row.refresh_from_db()
    assert row.attempts == 1


def test_an_expired_claim_is_taken_over(db: None, settings: Any) -> None:
    row = queued(attempts=1, claimed_at=timezone.now() - timedelta(seconds=settings.CLAIM_SECONDS + 1))

    assert [claimed.id for claimed in recognition.claim([str(row.id)], model_version="v1")] == [row.id]


def test_times_that_a_clock_put_back_left_in_the_future_hold_nothing(db: None, settings: Any) -> None:
    ahead = timezone.now() + timedelta(hours=1)
    row = queued(claimed_at=ahead, created_at=ahead)

    assert [found.id for found in Submission.objects.overdue()] == [row.id]
    assert [claimed.id for claimed in recognition.claim([str(row.id)], model_version="v1")] == [row.id]


def test_after_three_attempts_it_is_failed_unread(db: None, settings: Any) -> None:
    row = queued(attempts=3, claimed_at=timezone.now() - timedelta(seconds=settings.CLAIM_SECONDS + 1))

    assert recognition.claim([str(row.id)], model_version="v1") == []

    row.refresh_from_db()
    assert (row.status, row.error_code) == (Status.FAILED, recognition.GAVE_UP)


def test_ten_deliveries_store_one_prediction(worker: Process) -> None:
    row = services.submit(image=png("7"), channel="api")

    for _ in range(10):
        publish([str(row.id)])

    wait_until(lambda: dispatch.queue_length() == 0, what="the queue to be emptied")
    assert services.read(submission=row).status == Status.DONE
    assert Prediction.objects.filter(submission=row).count() == 1
    row.refresh_from_db()
    assert row.attempts == 1


def test_many_at_once_each_get_their_own_answer(worker: Process) -> None:
    texts = ["1", "2", "3", "4", "7"] * 8
    rows = [services.submit(image=png(text), channel="api") for text in texts]
    futures = services.request_readings(submissions=rows)

    replies = [future.result(60) for future in futures]

    assert [reply["prediction"]["text"] for reply in replies] == texts
    assert [row.prediction and row.prediction.text for row in map(services.get_submission, map(_id, rows))] == texts


def _id(row: Submission) -> str:
    return str(row.id)


def test_the_sweeper_publishes_what_is_overdue_and_nothing_else(worker: Process, settings: Any) -> None:
    fresh = queued()
    lost = queued(created_at=timezone.now() - timedelta(seconds=settings.CLAIM_SECONDS + 1))

    assert services.republish_overdue() == 1

    wait_until(lambda: services.get_submission(str(lost.id)).status == Status.DONE, what="the lost one to be read")
    assert services.get_submission(str(fresh.id)).status == Status.QUEUED


def test_sweepers_take_turns(db: None, settings: Any) -> None:
    settings.CELERY_TASK_DEFAULT_QUEUE = "nobody-s-turn"
    dispatch.redis_client().delete(f"{settings.REDIS_KEY_PREFIX}turn:sweep")
    queued(created_at=timezone.now() - timedelta(minutes=1))

    assert [sweeping.sweep(), sweeping.sweep()] == [1, 0]


def test_the_sweeper_does_not_fill_a_queue_that_nobody_empties(db: None, settings: Any) -> None:
    settings.CELERY_TASK_DEFAULT_QUEUE = "nobody"
    queued(created_at=timezone.now() - timedelta(minutes=1))
    dispatch.redis_client().rpush(f"{settings.REDIS_KEY_PREFIX}nobody", *range(MAX_SWEPT_TASKS))

    assert services.republish_overdue() == 0


def test_a_reply_that_never_comes_is_found_in_the_database(worker: Process) -> None:
    row = queued()
    recognition_elsewhere = services.read(submission=services.get_submission(str(row.id)))
    assert recognition_elsewhere.status == Status.DONE

    services.reload_outcome(submission=row)

    assert row.status == Status.DONE
    assert row.prediction is not None and row.prediction.text == "7"


def test_who_waits_while_the_database_goes_away_is_told_where_the_answer_will_be(db: None) -> None:
    def away(*_: Any) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    row = queued()
    with connection.execute_wrapper(away):
        services.reload_outcome(submission=row)
        told = answer_to(row, includes=[], success=201)

    assert told.status == 202


def test_known_count_reaches_the_worker(worker: Process) -> None:
    row = services.submit(image=png("17"), channel="api", digits=2)

    assert services.read(submission=row).prediction.text == "17"  # type: ignore[union-attr]


def test_the_envelope_is_checked_before_anything_is_stored(db: None, settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 100

    with pytest.raises(ImageTooLarge):
        services.submit(image=png("7"), channel="api")

    assert not Submission.objects.exists()


def test_a_label_has_who_and_when_and_can_be_taken_back(db: None) -> None:
    reviewer = User.objects.create_user("reviewer")
    row = queued()

    services.set_label(submission=row, label="", reviewer=reviewer)
    row.refresh_from_db()
    assert (row.label, row.labelled_by) == ("", reviewer)
    assert row.labelled_at is not None

    with pytest.raises(ValidationError):
        services.set_label(submission=row, label="x", reviewer=reviewer)

    services.set_label(submission=row, label=None, reviewer=reviewer)
    row.refresh_from_db()
    assert [row.label, row.labelled_by, row.labelled_at] == [None, None, None]
