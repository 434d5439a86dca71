"""SQL of the hot path: it must mean what the models say, and hold when two workers want the same rows."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from ml.artifact import SHIPPED_MODEL
from ml.inference import Recognizer
from recognizer import recognition, services, serving, statements
from recognizer.models import Prediction, Status, Submission
from tests.pictures import png


def queued(digits: str = "7", **fields: Any) -> Submission:
    """A stored submission, changed by the fields."""
    row = services.submit(image=png(digits), channel="api")
    Submission.objects.filter(id=row.id).update(**fields)
    return row


@pytest.fixture(scope="module")
def shipped() -> Recognizer:
    return Recognizer.load(SHIPPED_MODEL)


@pytest.fixture
def live(shipped: Recognizer, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process reads, as a worker does."""
    monkeypatch.setattr(serving, "live", lambda: shipped)


def ids(*rows: Submission) -> list[str]:
    return [str(row.id) for row in rows]


def let_claims_run_out() -> None:
    Submission.objects.update(claimed_at=timezone.now() - timedelta(hours=1))


def test_it_claims_what_the_models_call_unclaimed(db: None, settings: Any) -> None:
    settings.CLAIM_SECONDS = 60
    now = timezone.now()
    times: list[datetime | None] = [None, *(now + timedelta(seconds=s) for s in (-3600, -61, -30, 0, 30, 90, 3600))]
    rows = [queued(claimed_at=time) for time in times]
    done = queued(status=Status.DONE, finished_at=now)
    exhausted = queued(attempts=settings.MAX_ATTEMPTS)
    unclaimed = set(Submission.objects.unclaimed().exclude(id=exhausted.id).values_list("id", flat=True))

    claimed = statements.claim(ids(*rows, done, exhausted), now=now)

    assert {row.id for row in claimed} == unclaimed
    assert len(claimed) == 5
    assert set(Submission.objects.filter(attempts=1).values_list("id", flat=True)) == unclaimed


def test_a_claimed_row_is_as_it_was_stored(db: None) -> None:
    row = services.submit(image=png("17"), channel="api", digits=2, client="somebody")
    stored = Submission.objects.get(id=row.id)

    (claimed,) = statements.claim(ids(row), now=timezone.now())

    assert claimed == stored
    for name in statements.CLAIMED:
        assert getattr(claimed, name) == getattr(stored, name), name


def test_of_many_who_claim_the_same_rows_at_once_each_row_has_one(transactional_db: None) -> None:
    rows = ids(*(queued() for _ in range(8)))
    together = threading.Barrier(4)

    def claim(turn: int) -> list[Submission]:
        # Each names them in another order.
        together.wait(timeout=30)
        try:
            return statements.claim(rows[turn:] + rows[:turn], now=timezone.now())
        finally:
            connection.close()

    for _ in range(5):
        Submission.objects.update(claimed_at=None, attempts=0)
        with ThreadPoolExecutor(4) as claimers:
            claimed = [str(row.id) for found in claimers.map(claim, range(0, 8, 2)) for row in found]
        assert sorted(claimed) == sorted(rows)
        assert not Submission.objects.exclude(attempts=1).exists()


def test_what_another_delivery_finished_meanwhile_stays_as_it_is(
    db: None, live: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, other = queued("7"), queued("4")
    read = recognition.read

    def overtaken(model: Recognizer, rows: list[Submission]) -> Any:
        outcomes = read(model, rows)
        monkeypatch.setattr(recognition, "read", read)
        let_claims_run_out()
        recognition.recognise(ids(slow))
        Prediction.objects.update(model_version="the overtaker's")
        return outcomes

    monkeypatch.setattr(recognition, "read", overtaken)
    replies = recognition.recognise(ids(slow, other))

    versions = {key: reply["prediction"]["model_version"] for key, reply in replies.items()}
    assert versions.pop(str(slow.id)) == "the overtaker's"
    assert list(versions) == ids(other)
    assert Prediction.objects.count() == 2
    assert not Submission.objects.exclude(status=Status.DONE).exists()


def test_what_was_erased_meanwhile_does_not_come_back(db: None, live: None, monkeypatch: pytest.MonkeyPatch) -> None:
    erased, other = queued("7"), queued("4")
    read = recognition.read

    def erase(model: Recognizer, rows: list[Submission]) -> Any:
        Submission.objects.filter(id=erased.id).delete()
        return read(model, rows)

    monkeypatch.setattr(recognition, "read", erase)

    assert list(recognition.recognise(ids(erased, other))) == ids(other)
    assert [row.id for row in Submission.objects.all()] == [other.id]


def test_who_is_labelled_before_it_is_read_is_not_put_up_for_review(db: None, live: None) -> None:
    labelled, other = queued("7", label="7", labelled_at=timezone.now()), queued("4")

    recognition.recognise(ids(labelled, other))

    for row in (labelled, other):
        row.refresh_from_db()
    assert (labelled.status, labelled.answer, labelled.usefulness) == (Status.DONE, "7", None)
    assert other.usefulness is not None
