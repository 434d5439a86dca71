"""`python -m digitsite.run`: start everything, say where it answers, stop everything on Ctrl-C."""

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


def run() -> None:
    """Everything that needs Django's settings, whose import reports what is wrong with the environment."""
    import django

    django.setup()
    from digitsite.run import prepare, service, supervision

    supervision.wait_for_previous(seconds=60)
    prepare.check_port()
    prepare.check_model()
    local.make_socket_dir(VAR)
    prepare.migrate()
    prepare.collect_static()
    service.run()


def main() -> int:
    """Run until a signal comes; the exit status is 0 then, and 1 when the service could not start."""
    os.chdir(ROOT)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "digitsite.settings")
    (VAR / "log").mkdir(parents=True, exist_ok=True)
    local.keep_secret_key(VAR)
    try:
        with only_one():
            run()
    except (StartError, ImproperlyConfigured, PermissionError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
