"""gunicorn's configuration beside its command line: `gunicorn --config python:digitsite.gunicorn_hooks`."""

import os
from typing import Any

from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "digitsite.settings")

# Whom to believe about the client's address and HTTPS is decided in one place, TRUSTED_PROXIES.
forwarded_allow_ips = ""


def on_starting(server: Any) -> None:
    """Forget the metrics of processes that are gone: their numbers would be added for ever."""
    for path in settings.METRICS_DIR.glob("*.db"):
        path.unlink(missing_ok=True)


def child_exit(server: Any, worker: Any) -> None:
    """A web process that ended no longer counts as alive."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid, str(settings.METRICS_DIR))  # type: ignore[no-untyped-call]
