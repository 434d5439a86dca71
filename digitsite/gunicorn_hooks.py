"""gunicorn's configuration beside its command line: `gunicorn --config python:digitsite.gunicorn_hooks`."""

import os
import resource
from typing import Any

from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "digitsite.settings")

# A thousand connections, and a database in each thread.
OPEN_FILES = 4096
worker_class = "digitsite.express_worker.ExpressWorker"
# Seconds that an idle connection is kept: longer than people, programs and proxies usually keep theirs, for what they
# send must not meet our closing it. It costs no thread.
keepalive = 75

# Whom to believe about the client's address and HTTPS is decided in one place, TRUSTED_PROXIES.
forwarded_allow_ips = ""


def on_starting(server: Any) -> None:
    """Make room for connections, and forget the metrics of processes that are gone, which would be added for ever."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    room = OPEN_FILES if most == resource.RLIM_INFINITY else min(most, OPEN_FILES)
    if resource.RLIM_INFINITY != now < room:
        resource.setrlimit(resource.RLIMIT_NOFILE, (room, most))
    for path in settings.METRICS_DIR.glob("*.db"):
        path.unlink(missing_ok=True)


def child_exit(server: Any, worker: Any) -> None:
    """A web process that ended no longer counts as alive."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid, str(settings.METRICS_DIR))  # type: ignore[no-untyped-call]
