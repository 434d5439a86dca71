"""What workers and the sweeper count: kept in Redis, so that any host's /metrics shows it for all hosts.

Counting is in memory; the counts travel with the next answer that is sent anyway, so they cost no round trip.
"""

import threading
from collections import Counter
from collections.abc import Iterable
from typing import cast

import redis
from django.conf import settings
from redis.client import Pipeline

_pending: Counter[str] = Counter()
_lock = threading.Lock()


def key() -> str:
    """The Redis hash that holds the counts."""
    return f"{settings.REDIS_KEY_PREFIX}tallies"


def count(name: str, *labels: str, by: int = 1) -> None:
    """Add to one count; its labels in the order in which `metrics` names them."""
    with _lock:
        _pending["|".join((name, *labels))] += by


def take() -> Counter[str]:
    """All that was counted since the last time; `give_back` it when it could not be sent."""
    with _lock:
        taken = Counter(_pending)
        _pending.clear()
    return taken


def give_back(taken: Counter[str]) -> None:
    """Keep for the next time what could not be sent."""
    with _lock:
        _pending.update(taken)


def stored(client: redis.Redis) -> Iterable[tuple[bytes, bytes]]:
    """All counts since Redis was last emptied. Raises redis.RedisError."""
    return cast("dict[bytes, bytes]", client.hgetall(key())).items()


def add_to(pipeline: Pipeline, taken: Counter[str]) -> None:
    """Let the counts travel with whatever else the pipeline does."""
    for field, by in taken.items():
        pipeline.hincrby(key(), field, by)
