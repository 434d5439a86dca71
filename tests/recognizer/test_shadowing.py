"""A version that reads along, unseen, and one that reads the past."""

import signal
from pathlib import Path

import pytest
from django.core.management import CommandError

from recognizer import dispatch, registry, services, shadowing
from recognizer.models import ModelVersion, Prediction, Submission
from recognizer.tasks import read_along
from recognizer.versions import Source
from tests import factories
from tests.commands import run
from tests.pictures import png
from tests.processes import Process, wait_until
from tests.recognizer.models import disturbed_model, live


@pytest.fixture(scope="session")
def spoiled_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sound file of a network that knows nothing."""
    return disturbed_model(tmp_path_factory.mktemp("spoiled"), noise=3)


@pytest.fixture
def spoiled(db: None, spoiled_file: Path) -> ModelVersion:
    """It, registered."""
    return registry.register(spoiled_file, source=Source.FILE)


def answered(digits: str) -> Submission:
    """A new submission with its answer."""
    return services.read(submission=services.submit(image=png(digits), channel="api"), timeout=60)


def seen_by(version: ModelVersion) -> "set[object]":
    """The submissions that it read unseen."""
    unseen = Prediction.objects.filter(model_sha256=version.sha256, live=False)
    return set(unseen.values_list("submission_id", flat=True))


def test_the_shadow_reads_along_and_its_disagreements_move_up(worker: Process, spoiled: ModelVersion) -> None:
    before = answered("7")
    registry.set_shadow(spoiled.version, by="rita")
    wait_until(lambda: answered("7") and seen_by(spoiled), what="the shadow to read along", timeout=90)
    rows = [answered(digits) for digits in ("1", "2", "3", "4", "7", "47")]

    wait_until(lambda: {row.id for row in rows} <= seen_by(spoiled), what="the shadow to read all of them")

    assert before.id not in seen_by(spoiled)
    disagreed = []
    for row in rows:
        live, unseen = (Prediction.objects.get(submission=row, live=is_live) for is_live in (True, False))
        assert row.prediction is not None and live.model_version == row.prediction.model_version
        differs = (live.text, live.accepted) != (unseen.text, unseen.accepted)
        disagreed.append(live.text != unseen.text)
        row.refresh_from_db()
        assert row.usefulness is not None and (row.usefulness >= 1) == differs, (live, unseen)
    assert any(disagreed)

    registry.set_shadow(None, by="rita")
    wait_until(lambda: answered("7").id not in seen_by(spoiled) and shadowing.waiting() == 0, what="it to stop")


def test_who_waits_for_an_answer_goes_first(worker: Process) -> None:
    before = len(worker.output())
    worker.send(signal.SIGSTOP)
    try:
        for _ in range(5):
            read_along.apply_async(args=([],), priority=shadowing.IDLE, retry=False)
        rows = [services.submit(image=png("7"), channel="api") for _ in range(3)]
        futures = services.request_readings(submissions=rows)
        wait_until(lambda: dispatch.queue_length() > 0, what="the pictures to wait in the queue")
        # The stopped worker may hold one message already.
        assert shadowing.waiting() >= 4
    finally:
        worker.send(signal.SIGCONT)

    assert [future.result(60)["status"] for future in futures] == ["done"] * 3

    wait_until(lambda: shadowing.waiting() == 0, what="the rest")
    done = [line for line in worker.output()[before:].splitlines() if "Idle: the shadow" in line or "Read " in line]
    first_answer = next(place for place, line in enumerate(done) if "Read " in line)
    assert first_answer <= 1, done


def replay(*arguments: str) -> str:
    """What `manage.py replay` prints."""
    return run("replay", *arguments)


def test_replay_compares_a_version_with_the_answers_given(db: None) -> None:
    version = live()
    right = factories.read("4", image=png("4"), label="4", labelled_at="2026-01-01T00:00Z")
    wrong = factories.read("1", image=png("7"), label="7", labelled_at="2026-01-01T00:00Z")
    unlabelled = factories.read("1", image=png("1"))

    said = replay(version.version)

    unseen = Prediction.objects.filter(live=False, model_sha256=version.sha256)
    assert dict(unseen.values_list("submission_id", "text")) == {right.id: "4", wrong.id: "7", unlabelled.id: "1"}
    assert "66.67%  2 of 3" in said
    assert "100.00%  2 of 2" in said
    assert "50.00%  1 of 2" in said
    assert "95 %:" in said
    wrong_now = Submission.objects.get(id=wrong.id)
    assert wrong_now.prediction is not None and wrong_now.prediction.text == "1"
    assert replay(version.version) == said
    assert Prediction.objects.count() == 6


def test_replay_goes_back_as_far_as_told(db: None) -> None:
    version = live()
    old = factories.read("4", image=png("4"), created_at="2026-01-01T00:00Z")
    new = [factories.read("4", image=png("4"), created_at="2026-03-01T00:00Z") for _ in range(2)]

    replay(version.version, "--since", "2026-02-01", "--limit", "1")
    assert Prediction.objects.filter(live=False).count() == 1
    replay(version.version, "--since", "2026-02-01")
    assert seen_by(version) == {row.id for row in new}
    assert old.id not in seen_by(version)


def test_replay_refuses_what_it_does_not_know(db: None) -> None:
    with pytest.raises(CommandError, match="There is no model version 'nonsense'"):
        replay("nonsense")
    with pytest.raises(CommandError, match="argument --limit"):
        replay("nonsense", "--limit", "-3")
