"""The doctor finds a healthy service healthy, and says what to do where it is not."""

from datetime import timedelta
from typing import Any

import pytest
import redis
from django.core.management import CommandError, call_command
from redis.backoff import NoBackoff
from redis.retry import Retry

from recognizer import dispatch, doctor, services
from recognizer.models import Channel, Submission, WebhookDelivery
from recognizer.outbox import announce_test
from recognizer.webhooks import create_webhook
from tests.pictures import png
from tests.processes import Process


def findings(look: Any) -> list[doctor.Finding]:
    return list(look())


def test_a_healthy_service_is_well(worker: Process) -> None:
    services.republish_overdue()
    ill = [finding for finding in doctor.examine() if not finding.well and not finding.what.startswith("Settings")]

    assert ill == []


def test_what_is_wrong_is_said_with_what_to_do(db: None, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    nobody = redis.Redis(port=1, retry=Retry(NoBackoff(), 0))
    monkeypatch.setattr(dispatch, "redis_client", lambda: nobody)
    monkeypatch.setattr(doctor, "LOOKS", [doctor.look_at_database, doctor.look_at_redis, doctor.look_at_sweeper])

    with pytest.raises(CommandError, match="2 of these need attention"):
        call_command("doctor", no_color=True)

    said = capsys.readouterr().out
    assert "ok   Database" in said
    assert "BAD  Redis: " in said
    assert "-> Is it running, and is REDIS_URL right?" in said


def test_it_sees_submissions_that_wait(db: None) -> None:
    services.submit(image=png("7"), channel=Channel.API)
    Submission.objects.update(created_at="2026-01-01T00:00Z")

    (finding,) = findings(doctor.look_at_queue)

    assert not finding.well
    assert finding.what.startswith("1 submissions wait")


def test_it_sees_a_sweeper_that_stands(db: None, settings: Any) -> None:
    dispatch.redis_client().delete(f"{settings.REDIS_KEY_PREFIX}swept_at")

    (finding,) = findings(doctor.look_at_sweeper)

    assert (finding.well, finding.what) == (False, "The sweeper looked never")


def test_it_sees_webhooks_that_wait_or_were_given_up(db: None, django_user_model: Any) -> None:
    owner = django_user_model.objects.create_user("ada")
    endpoint, _ = create_webhook(owner=owner, url="https://hooks.example.org/", name="mine")
    row = announce_test(endpoint)
    assert all(finding.well for finding in doctor.look_at_webhooks())

    WebhookDelivery.objects.update(due_at=row.due_at - timedelta(minutes=5))
    waiting, given_up = findings(doctor.look_at_webhooks)
    assert (waiting.well, given_up.well) == (False, True)

    WebhookDelivery.objects.update(status="given_up", finished_at=row.due_at)
    waiting, given_up = findings(doctor.look_at_webhooks)
    assert (waiting.well, given_up.well) == (True, False)
