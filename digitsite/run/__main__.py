"""`python -m digitsite.run`: start everything, say where it answers, stop everything on Ctrl-C.

`python -m digitsite.run web`, `worker`, `scheduler`, `webhooks` or `bot` is that one process alone.
"""

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from digitsite import local
from digitsite.run import StartError

ROOT = Path(__file__).resolve().parent.parent.parent
VAR = ROOT / "var"


@contextmanager
def only_one() -> Iterator[None]:
    """Hold var/run.lock, which goes with this process however it ends. Raises StartError when it is held."""
    with (VAR / "run.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StartError("`make run` is already running in this folder; Ctrl-C stops it there.") from None
        yield


def set_up() -> None:
    """Load Django's settings, whose import reports what is wrong with the environment."""
    import django

    os.chdir(ROOT)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "digitsite.settings")
    django.setup()


def run() -> None:
    """Everything, until a signal comes."""
    (VAR / "log").mkdir(parents=True, exist_ok=True)
    local.keep_secret_key(VAR)
    with only_one():
        set_up()
        start_all()


def start_all() -> None:
    """What needs the settings."""
    from digitsite.run import prepare, service, supervision

    supervision.wait_for_previous(seconds=60)
    prepare.check_port()
    prepare.check_model()
    local.make_socket_dir(VAR)
    prepare.migrate()
    prepare.collect_static()
    service.run()


def run_role(role: str, *arguments: str) -> None:
    """One process of the service; database and static files were prepared, and whoever started it restarts it."""
    set_up()
    from digitsite.run.role import become

    become(role, arguments)


def main(arguments: list[str]) -> int:
    """Run until a signal comes; the exit status is 0 then, and 1 when the service could not start."""
    try:
        run_role(*arguments) if arguments else run()
    except (StartError, ImproperlyConfigured, PermissionError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
