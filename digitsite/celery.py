"""The Celery application: `celery -A digitsite worker`, `celery -A digitsite beat`."""

import atexit
import logging
import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging, task_prerun, worker_shutdown
from django.db import close_old_connections, connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "digitsite.settings")

_exit_codes: list[int] = []

app = Celery("digitsite")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def leave_logging_alone(**_: object) -> None:
    """Django's LOGGING and LOG_LEVEL hold here too: without a receiver Celery drops whatever is below a warning."""


@task_prerun.connect
def keep_good_connections(**_: object) -> None:
    """As Django does before each request: connections are kept, but for those that broke or are too old."""
    close_old_connections()


@worker_shutdown.connect
def remember_exit_code(sender: Any, **_: object) -> None:
    """The worker has ended its task and said goodbye to Redis; what is left is Python's own end."""
    _exit_codes.append(sender.exitcode or 0)


@atexit.register
def leave_at_once() -> None:
    """Taking TensorFlow apart module by module keeps the processor busy for seconds, and nothing comes of it.

    What is registered later, such as the error tracker's last words, has run by now.
    """
    if _exit_codes:
        connections.close_all()
        logging.shutdown()
        os._exit(_exit_codes[-1])
