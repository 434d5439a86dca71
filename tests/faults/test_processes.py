"""Processes that are really killed and servers that really stop: nothing accepted is lost."""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from recognizer import dispatch, services
from recognizer.models import Prediction, Status, Submission
from tests import processes
from tests.faults.mortal_worker import POISON
from tests.pictures import png
from tests.processes import Process, wait_until

URL = "/api/v1/predictions/"


@pytest.fixture
def beat(worker_env: dict[str, str], tmp_path: Path) -> Iterator[Process]:
    """A real scheduler, which sweeps."""
    process = processes.celery(
        "beat", "--schedule", str(tmp_path / "schedule"), "--pidfile", "", log=tmp_path / "beat.log", env=worker_env
    )
    process.start()
    yield process
    process.stop()


def read_in_the_end(submission_id: str) -> bool:
    """Whether the row is done."""
    return services.get_submission(submission_id).status == Status.DONE


def test_worker_killed_while_a_request_waits(client: Client, worker: Process, beat: Process, settings: Any) -> None:
    settings.PREDICT_DEADLINE_SECONDS = 2
    worker.send(signal.SIGSTOP)
    # Dead while the message is on its way: what a worker took from the queue and never finished is lost with it.
    future = services.request_reading(submission=services.submit(image=png("2"), channel="api"))
    worker.kill()

    response = client.post(URL, png("7"), content_type="image/png")

    assert response.status_code == 202, response.content
    assert not future.done()
    worker.start()
    wait_until(lambda: read_in_the_end(response.json()["id"]), what="the row to be done once the worker is back")
    wait_until(lambda: not Submission.objects.filter(status=Status.QUEUED).exists(), what="the other one, too")
    assert sorted(Prediction.objects.values_list("text", flat=True)) == ["2", "7"]


def test_worker_killed_again_and_again_under_load(worker: Process, beat: Process) -> None:
    rows = []
    for _ in range(3):
        rows += [services.submit(image=png(digit), channel="api") for digit in "12347" * 4]
        for row in rows[-20:]:
            services.request_reading(submission=row)
        worker.kill()
        worker.start()

    wait_until(
        lambda: not Submission.objects.filter(status=Status.QUEUED).exists(), what="every row to end", timeout=90
    )

    assert Submission.objects.filter(status=Status.DONE).count() == len(rows) == Prediction.objects.count()


def test_redis_stopped_and_continued(
    client: Client, worker: Process, beat: Process, redis_server: Process, settings: Any
) -> None:
    settings.PREDICT_DEADLINE_SECONDS = 1
    redis_server.send(signal.SIGSTOP)
    try:
        response = client.post(URL, png("3"), content_type="image/png")
    finally:
        redis_server.send(signal.SIGCONT)

    assert response.status_code == 202
    wait_until(lambda: read_in_the_end(response.json()["id"]), what="the row to be done once Redis is back")


def test_redis_killed_with_all_it_held(
    client: Client, worker: Process, beat: Process, redis_server: Process, settings: Any
) -> None:
    settings.PREDICT_DEADLINE_SECONDS = 1
    redis_server.kill()
    try:
        response = client.post(URL, png("4"), content_type="image/png")
    finally:
        redis_server.start()

    assert response.status_code == 202
    wait_until(lambda: read_in_the_end(response.json()["id"]), what="the row to be done by way of the sweeper")
    wait_until(lambda: dispatch.worker_answers(timeout=2), what="the worker to take work again")


def test_a_picture_that_kills_its_worker_takes_nobody_with_it(
    worker_env: dict[str, str], worker: Process, beat: Process, tmp_path: Path
) -> None:
    worker.stop()
    mortal = processes.worker(log=tmp_path / "mortal.log", env=worker_env, app="tests.faults.mortal_worker")
    poison = services.submit(image=png("1") + POISON, channel="api")
    others = [services.submit(image=png(digit), channel="api") for digit in "2347"]
    dispatch.publish([str(row.id) for row in [*others[:2], poison, *others[2:]]])

    def ended() -> bool:
        if not mortal.alive():
            mortal.start()
        return not Submission.objects.filter(status=Status.QUEUED).exists()

    try:
        wait_until(ended, what="every row to end", timeout=120)
    finally:
        mortal.kill()

    poison.refresh_from_db()
    assert (poison.status, poison.error_code, poison.attempts) == (Status.FAILED, "gave_up", 3)
    assert {services.get_submission(str(row.id)).status for row in others} == {Status.DONE}
