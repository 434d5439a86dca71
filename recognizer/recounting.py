"""Asking a worker to count the dashboard's figures once it is idle."""

import logging

import redis
from kombu.exceptions import OperationalError

from recognizer import dispatch

logger = logging.getLogger(__name__)

ASK_AGAIN_SECONDS = 60


def request() -> None:
    """Have the figures counted, unless that was asked for just now; without Redis the page stays as it is."""
    from recognizer.shadowing import IDLE
    from recognizer.tasks import summarise

    try:
        if dispatch.takes_turn("recount", seconds=ASK_AGAIN_SECONDS):
            summarise.apply_async(priority=IDLE, retry=False)
    except (redis.RedisError, OperationalError) as error:
        logger.warning("The dashboard's figures are not counted anew (%s)", type(error).__name__)
