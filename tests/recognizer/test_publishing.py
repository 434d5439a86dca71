"""The one message that this project writes itself is the one that Celery would write."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from kombu.exceptions import OperationalError

from recognizer import dispatch, publishing
from recognizer.publishing import publish
from recognizer.tasks import recognise

# Another for each message, or only for people.
OF_ITS_OWN = {"argsrepr": None, "delivery_tag": None, "reply_to": None}


@pytest.fixture
def queue(settings: Any) -> Iterator[str]:
    """The queue of a task's messages, which no worker reads."""
    settings.CELERY_TASK_DEFAULT_QUEUE = "nobody-reads"
    key = f"{settings.REDIS_KEY_PREFIX}nobody-reads"
    yield key
    dispatch.redis_client().delete(key)


def next_message(key: str) -> dict[str, Any]:
    stored = dispatch.redis_client().rpop(key)
    assert isinstance(stored, bytes)
    message: dict[str, Any] = json.loads(stored)
    message["headers"] |= {name: value for name, value in OF_ITS_OWN.items() if name in message["headers"]}
    message["properties"] |= {name: value for name, value in OF_ITS_OWN.items() if name in message["properties"]}
    return message


def test_the_message_is_celerys(queue: str) -> None:
    publish(["a", "b"], reply_to="c", task_id="d", request_ids=["e", "f"])
    recognise.apply_async(
        args=(["a", "b"], "c"), task_id="d", headers={"request_ids": "e,f"}, queue="nobody-reads", retry=False
    )

    ours, celerys = next_message(queue), next_message(queue)

    assert ours == celerys


def test_each_message_has_a_tag_and_a_task_id(queue: str) -> None:
    for _ in range(2):
        publish(["a"])

    messages = [json.loads(message) for message in dispatch.redis_client().lrange(queue, 0, -1)]
    assert len({message["properties"]["delivery_tag"] for message in messages}) == 2
    assert len({message["headers"]["id"] for message in messages}) == 2


def test_a_broker_that_is_away_is_an_error_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    publishing._broker.cache_clear()
    monkeypatch.setattr(recognise.app.conf, "broker_url", "redis://127.0.0.1:1/0")

    with pytest.raises(OperationalError):
        publish(["a"])
