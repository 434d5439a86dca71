"""Putting the one task that counts into the workers' queue.

`apply_async` composes, checks and wraps each message anew, and makes a Redis client for it: for a single picture that
takes four times as long as sending it. Here the message that Celery would send is filled in and sent (Celery's task
protocol 2, in the envelope of kombu's Redis transport); a test holds it against Celery's own.
"""

import base64
import json
import os
import socket
import uuid
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import redis
from celery import current_app
from django.conf import settings

TASK = "recognizer.recognise"
NOTHING_ELSE = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}


def publish(
    submission_ids: Iterable[str],
    *,
    reply_to: str = "",
    task_id: str | None = None,
    request_ids: Iterable[str] = (),
) -> None:
    """Send one task for these submissions; at most about two seconds, by the broker's socket timeouts.

    `request_ids` follow them into the worker's log.

    Raises:
        redis.RedisError, kombu.exceptions.OperationalError: the broker is away.
    """
    arguments = [list(submission_ids), reply_to]
    said = message(arguments, task_id=task_id or uuid.uuid4().hex, request_ids=",".join(request_ids))
    queue = settings.CELERY_TASK_DEFAULT_QUEUE
    _broker(os.getpid()).lpush(f"{settings.REDIS_KEY_PREFIX}{queue}", json.dumps(said))


def message(arguments: list[Any], *, task_id: str, request_ids: str) -> dict[str, Any]:
    """The message as it lies in the queue."""
    body = json.dumps((arguments, {}, NOTHING_ELSE))
    return {
        "body": base64.b64encode(body.encode()).decode(),
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": {
            "lang": "py",
            "task": TASK,
            "id": task_id,
            "shadow": None,
            "eta": None,
            "expires": None,
            "group": None,
            "group_index": None,
            "retries": 0,
            "timelimit": [None, None],
            "root_id": task_id,
            "parent_id": None,
            "argsrepr": f"({len(arguments[0])} submissions)",
            "kwargsrepr": "{}",
            "origin": _origin(os.getpid()),
            "ignore_result": True,
            "replaced_task_nesting": 0,
            "stamped_headers": None,
            "stamps": {},
            "request_ids": request_ids,
        },
        "properties": {
            "correlation_id": task_id,
            "reply_to": "",
            "delivery_mode": 2,
            "delivery_info": {"exchange": "", "routing_key": settings.CELERY_TASK_DEFAULT_QUEUE},
            "priority": 0,
            "body_encoding": "base64",
            "delivery_tag": str(uuid.uuid4()),
        },
    }


@lru_cache(maxsize=1)
def _origin(pid: int) -> str:
    return f"gen{pid}@{socket.gethostname()}"


@lru_cache(maxsize=1)
def _broker(pid: int) -> redis.Redis:
    """The queue's server, by connections as Celery itself makes them."""
    channel: Any = current_app.connection_for_write().default_channel
    return redis.Redis(connection_pool=channel.pool)
