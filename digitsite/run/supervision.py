"""supervisord as a child process: started, looked at, stopped."""

import fcntl
import os
import subprocess
import time
import xmlrpc.client
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from supervisor.xmlrpc import SupervisorTransport

from digitsite.run import StartError
from digitsite.run.programs import LEASH, LOCK, LOGS, PYTHON, SOCKET, stages, supervisor_config

CONFIG = Path("var/supervisor.conf")
TAIL_LINES = 15


def rpc() -> Any:
    """supervisord's interface, over its socket in var/."""
    transport = SupervisorTransport(serverurl=f"unix://{SOCKET}")
    return xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport).supervisor


def wait_for_previous(seconds: float) -> None:
    """End what a killed `make run` left behind, and wait for it. Raises StartError when it does not end."""
    with Path(LOCK).open("a") as lock:
        deadline = time.monotonic() + seconds
        told = False
        while not is_free(lock.fileno()):
            if time.monotonic() > deadline:
                raise StartError(f"Processes of an earlier `make run` still hold {LOCK}: end them first.")
            if not told:
                print("Waiting for the processes of an earlier run to end", flush=True)
                told = True
                ask_to_end()
            time.sleep(0.1)


def is_free(descriptor: int) -> bool:
    """Whether no process of ours holds the lock any more."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def ask_to_end() -> None:
    """Tell a supervisord that outlived its launcher to stop everything; it may be stopping already, or gone."""
    try:
        rpc().shutdown()
    except (OSError, xmlrpc.client.Error):
        return


class Supervisor:
    """The running supervisord, and what was last seen of its processes."""

    def __init__(self) -> None:
        planned = stages()
        self.programs = {program.name: program for members in planned.values() for program in members}
        with CONFIG.open("w") as file:
            supervisor_config(planned).write(file)
        command = (PYTHON, "-m", "supervisor.supervisord", "--nodaemon", "--configuration", str(CONFIG))
        # A session of its own: a Ctrl-C reaches the launcher only, which stops everything in order.
        environment = {**os.environ, "LEASH_HOLDER": str(os.getpid())}
        self.process = subprocess.Popen((*LEASH, *command), env=environment, start_new_session=True)
        self.starts: dict[str, set[int]] = {}

    def is_running(self) -> bool:
        """Whether supervisord itself is there."""
        return self.process.poll() is None

    def restarted(self) -> Iterator[str]:
        """The names of the processes that were started again since the last look."""
        try:
            seen = rpc().getAllProcessInfo()
        except (OSError, xmlrpc.client.Error):
            return  # it is just coming up, or ending
        for info in seen:
            starts = self.starts.setdefault(info["name"], set())
            if info["start"] and info["start"] not in starts:
                starts.add(info["start"])
                if len(starts) > 1:
                    yield info["name"]

    def is_hopeless(self, name: str, starts: int = 4) -> bool:
        """Whether an essential process was started so many times already."""
        return self.programs[name].essential and len(self.starts[name]) >= starts

    def tail(self, name: str) -> str:
        """The last lines of the process's log."""
        path = LOGS / f"{name}.log"
        lines = path.read_text(errors="replace").splitlines() if path.exists() else []
        return "\n".join(f"    {line}" for line in lines[-TAIL_LINES:])

    def stop(self) -> None:
        """End everything in order; each process has its time for it, then it is killed."""
        self.process.terminate()
        limit = sum(program.stop_seconds for program in self.programs.values()) + 10
        try:
            self.process.wait(limit)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, 9)
            self.process.wait()
