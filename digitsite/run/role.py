"""`python -m digitsite.run ROLE`: become one process of the service, for systemd, containers and other runners."""

import os
from collections.abc import Callable, Sequence

from digitsite.run import StartError, programs
from digitsite.run.programs import Program


def worker() -> Program:
    """One worker, whose name tells it from others of the same host."""
    return programs.worker(f"worker-{os.getpid()}")


ROLES: dict[str, Callable[[], Program]] = {
    "web": programs.web,
    "worker": worker,
    "scheduler": programs.scheduler,
    "webhooks": programs.webhooks,
    "bot": programs.bot,
    "migrate": programs.migration,
}


def become(role: str, arguments: Sequence[str]) -> None:
    """Replace this process by the role's, with these further arguments. Raises StartError for an unknown role."""
    if role not in ROLES:
        raise StartError(f"{role!r} is no role: say {', '.join(ROLES)}, or nothing to start the whole service.")
    command = [*ROLES[role]().command, *arguments]
    os.execv(command[0], command)
