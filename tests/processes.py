"""The real processes that tests talk to: each in a process group of its own, its output in a file."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    """A TCP port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], object], *, what: str, timeout: float = 60) -> None:
    """Poll the condition until it holds; AssertionError naming `what` after the timeout (seconds)."""
    end = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"Waited {timeout:g} s in vain: {what}")
        time.sleep(0.05)


class Process:
    """One child process, started on demand, that can be killed and started again."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        descriptors: Sequence[int] = (),
    ) -> None:
        self.command = list(command)
        # Of files that it inherits.
        self.descriptors = descriptors
        self.log = log
        self.env = {**os.environ, **(env or {})}
        self._popen: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; its output is appended to the log."""
        with self.log.open("ab") as output:
            self._popen = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.env,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=self.descriptors,
            )

    @property
    def pid(self) -> int:
        """The process id; it must have been started."""
        assert self._popen is not None
        return self._popen.pid

    @property
    def exit_code(self) -> int | None:
        """What it ended with, minus the signal that killed it; None while it runs."""
        return self._popen.poll() if self._popen else None

    def alive(self) -> bool:
        """Whether it runs."""
        return self._popen is not None and self._popen.poll() is None

    def send(self, signal_number: int) -> None:
        """Signal its whole group."""
        os.killpg(self.pid, signal_number)

    def kill(self) -> None:
        """SIGKILL, and reap it."""
        if self.alive():
            self.send(signal.SIGKILL)
            assert self._popen is not None
            self._popen.wait()

    def stop(self, timeout: float = 30, *, signal_number: int = signal.SIGTERM) -> None:
        """SIGTERM, and SIGKILL when that does not end it in time."""
        if not self.alive():
            return
        self.send(signal_number)
        assert self._popen is not None
        try:
            self._popen.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()

    def output(self) -> str:
        """All it wrote so far."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""


def celery(*arguments: str, log: Path, env: Mapping[str, str] | None = None, app: str = "digitsite") -> Process:
    """A Celery process of this project, not yet started."""
    return Process([sys.executable, "-m", "celery", "-A", app, *arguments], log=log, env=env)


def worker(*, log: Path, env: Mapping[str, str] | None = None, app: str = "digitsite") -> Process:
    """A real worker with the shipped model, not yet started."""
    arguments = ("worker", "--pool", "solo", "--loglevel", "INFO", "--without-gossip", "--without-mingle")
    return celery(*arguments, log=log, env=env, app=app)


def fetch(port: int, path: str) -> bytes:
    """The body that a web server on loopback answers with, empty while nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().read()
    except OSError:
        return b""
    finally:
        connection.close()


def start_web_server(
    folder: Path,
    env: Mapping[str, str],
    *,
    port: int,
    workers: int = 1,
    threads: int,
    hooks: str = "digitsite.gunicorn_hooks",
) -> Process:
    """The real web server, once it answers; its log is in `folder`. No limits of rate, unless `env` asks for them."""
    command = [sys.executable, "-m", "gunicorn", "digitsite.wsgi", "--config", f"python:{hooks}"]
    options = f"--bind 127.0.0.1:{port} --workers {workers} --threads {threads} --no-control-socket".split()
    server = Process([*command, *options], log=folder / "gunicorn.log", env={"RATE_LIMIT_ENABLED": "0", **env})
    server.start()
    try:
        wait_until(lambda: fetch(port, "/livez") == b'{"status": "ok"}', what="the web server to answer")
    except AssertionError:
        server.stop()
        raise
    return server
