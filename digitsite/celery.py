"""The Celery application: `celery -A digitsite worker`, `celery -A digitsite beat`."""

import os

from celery import Celery
from celery.signals import setup_logging, task_prerun
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "digitsite.settings")
# Celery would run Django's checks, for which a worker loads all pages, a third of its time to come up, and then drop
# what they find. `manage.py doctor` and the `migrate` role tell it.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

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
