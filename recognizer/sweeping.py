"""The sweeper: a thread in each worker that publishes again what was queued and then lost.

Not a scheduled task: a scheduler's clock may be put back, its host may be the one that is cut off, and its messages
can be lost as well. A sweep needs a worker in any case, and nothing else.
"""

import logging
import threading
import time

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from kombu.exceptions import OperationalError
from redis import RedisError

from recognizer import dispatch, services
from recognizer.outages import Outage

logger = logging.getLogger(__name__)


def start() -> None:
    """Sweep every SWEEP_SECONDS from now on, in turns with the other workers."""
    threading.Thread(target=_sweep_forever, name="sweeper", daemon=True).start()


def _sweep_forever() -> None:
    outage = Outage("Nobody looks for lost submissions. Look after Redis and the database")
    while True:
        time.sleep(settings.SWEEP_SECONDS)
        try:
            close_old_connections()
            sweep()
            outage.over()
        except (RedisError, OperationalError, DatabaseError) as error:
            outage.seen(error)
        except Exception:
            # Whatever it is, this thread must live on.
            logger.exception("Not swept; the next turn tries again")


def sweep() -> int:
    """One turn, unless another worker has just had it; how many were published again.

    Raises:
        redis.RedisError, kombu.exceptions.OperationalError, django.db.DatabaseError: a server is away.
    """
    if not dispatch.takes_turn("sweep", seconds=settings.SWEEP_SECONDS * 0.9):
        return 0
    return services.republish_overdue()
