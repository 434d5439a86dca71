"""What must be true before the processes start: a free port, a sound model, a migrated database, static files."""

import hashlib
import socket

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import Error as DatabaseError
from django.db import connections

from digitsite.run import StartError
from ml.artifact import ArtifactError, verify


def check_port() -> None:
    """Raise StartError when the web process could not listen where it should."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(settings.HOST, settings.PORT, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except socket.gaierror:
        raise StartError(f"HOST is {settings.HOST}, which is no address of this machine.") from None
    except OSError as error:
        raise StartError(
            f"Port {settings.PORT} of {settings.HOST} cannot be used ({error.strerror}). "
            f"Choose another: make run PORT={settings.PORT % 65535 + 1}"
        ) from None


def check_model() -> None:
    """Raise StartError when the model file is missing or not the one its card describes."""
    try:
        verify(settings.MODEL_PATH)
    except ArtifactError as error:
        raise StartError(f"MODEL_PATH cannot be used. {error}") from error


def migrate() -> None:
    """Bring the database's tables up to date. Raises StartError when the database does not answer."""
    try:
        call_command("migrate", interactive=False, verbosity=0)
    except DatabaseError as error:
        raise StartError(f"The database could not be used: {str(error).splitlines()[0]}") from error
    finally:
        connections.close_all()


def collect_static() -> None:
    """Gather the static files, when one of them changed since the last time."""
    stamp = settings.STATIC_ROOT.with_suffix(".stamp")
    current = static_fingerprint()
    if stamp.exists() and settings.STATIC_ROOT.exists() and stamp.read_text() == current:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(current)


def static_fingerprint() -> str:
    """A hash over the names, sizes and times of all static files, and over how they are stored."""
    lines = [settings.STORAGES["staticfiles"]["BACKEND"]]
    for finder in get_finders():
        for name, storage in finder.list(ignore_patterns=[]):
            lines.append(f"{name} {storage.size(name)} {storage.get_modified_time(name)}")
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
