"""What Prometheus sees, after real requests, a real worker's answers, and in gunicorn's several processes."""

import re
from typing import Any

import pytest
import redis
from django.test import Client
from redis.backoff import NoBackoff
from redis.retry import Retry

from recognizer import dispatch, services, tallies
from recognizer.models import Channel
from tests.pictures import png
from tests.processes import Process, fetch

URL = "/api/v1/predictions/"


def value(text: str, name: str, **labels: str) -> float:
    """The sum of a metric's samples that have these labels."""
    total = 0.0
    for sample, number in re.findall(rf"^{name}(?:{{(.*)}})? (\S+)$", text, re.M):
        if all(f'{label}="{wanted}"' in sample for label, wanted in labels.items()):
            total += float(number)
    return total


def scrape(client: Client) -> str:
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/plain")
    return response.content.decode()


def test_requests_and_refusals_are_counted(client: Client, db: None) -> None:
    before = scrape(client)
    client.post(URL, b"GIF89a" + bytes(50), content_type="image/png")
    client.get("/api/v1/models/")
    after = scrape(client)

    def grown(name: str, **labels: str) -> float:
        return value(after, name, **labels) - value(before, name, **labels)

    assert grown("digits_http_requests_total", view="predictions", method="POST", status="415") == 1
    assert grown("digits_http_requests_total", view="models", method="GET", status="200") == 1
    assert grown("digits_http_request_seconds_count", view="models") == 1
    assert grown("digits_refusals_total", code="unsupported_format") == 1


def test_predictions_are_counted_by_the_worker(client: Client, worker: Process) -> None:
    before = scrape(client)
    model = client.post(URL, png("7"), content_type="image/png").json()["model"]["version"]
    client.post(URL, png("7")[:400], content_type="image/png")
    after = scrape(client)

    for outcome in ("accepted", "unreadable_image"):
        counted = [value(text, "digits_predictions_total", outcome=outcome, model=model) for text in (before, after)]
        assert counted[1] - counted[0] == 1
    assert value(after, "digits_attempts_total") - value(before, "digits_attempts_total") == 2


def test_the_queue_is_measured(client: Client, db: None) -> None:
    services.submit(image=png("7"), channel=Channel.API)

    text = scrape(client)

    assert value(text, "digits_queue_submissions") == 1
    assert value(text, "digits_queue_age_seconds") > 0
    assert "digits_queue_tasks" in text


def test_counts_wait_for_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    tallies.take()
    tallies.count("sweeps")
    good = dispatch.redis_client()
    nobody = redis.Redis(port=1, retry=Retry(NoBackoff(), 0))
    with monkeypatch.context() as away, pytest.raises(redis.RedisError):
        away.setattr(dispatch, "redis_client", lambda: nobody)
        dispatch.send_replies(reply_to="", task_id="x", replies={})

    before = int(good.hget(tallies.key(), "sweeps") or 0)
    dispatch.send_replies(reply_to="", task_id="x", replies={})

    assert int(good.hget(tallies.key(), "sweeps") or 0) == before + 1


@pytest.mark.parametrize(
    ("headers", "address", "status"),
    [
        ({}, "127.0.0.1", 200),
        ({}, "::1", 200),
        ({}, "203.0.113.7", 404),
        ({"X-Forwarded-For": "203.0.113.7"}, "127.0.0.1", 404),
        ({}, "", 404),
    ],
)
def test_only_this_machine_sees_it(db: None, headers: dict[str, str], address: str, status: int) -> None:
    assert Client(REMOTE_ADDR=address).get("/metrics", headers=headers).status_code == status


def test_with_a_token_whoever_knows_it_sees_it(db: None, settings: Any) -> None:
    settings.METRICS_TOKEN = "open-sesame"
    client = Client(REMOTE_ADDR="203.0.113.7")

    assert client.get("/metrics", headers={"Authorization": "Bearer open-sesame"}).status_code == 200
    assert client.get("/metrics", headers={"Authorization": "Bearer guess"}).status_code == 404
    assert Client().get("/metrics").status_code == 404


def test_all_web_processes_add_up(gunicorn: int) -> None:
    def counted() -> float:
        return value(fetch(gunicorn, "/metrics").decode(), "digits_http_requests_total", view="models")

    before = counted()
    for _ in range(30):
        fetch(gunicorn, "/api/v1/models/")

    assert counted() - before == 30
