"""The services under test, each started as its own documentation says, in a process session of its own."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bench.load import BOUNDARY, form_file

ROOT = Path(__file__).resolve().parent.parent
ROLES = ("gunicorn", "celery -A digitsite worker", "celery -A digitsite beat", "valkey", "supervisord")


@dataclass(frozen=True)
class Service:
    """How to start one service, and where it takes a picture."""

    name: str
    command: tuple[str, ...]
    part: str = "file"
    path: str = "/predict"
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path = ROOT


def reference(name: str, module: str) -> Service:
    """A service of `bench.references`; `{port}` is filled in at the start."""
    return Service(name, (sys.executable, "-m", f"bench.references.{module}", "{port}"))


def references() -> list[Service]:
    """What people would use instead."""
    bentoml = str(Path(sys.executable).with_name("bentoml"))
    return [
        reference("old design (Flask)", "old_flask"),
        reference("FastAPI", "fastapi_app"),
        reference("LitServe", "litserve_app"),
        Service("BentoML", (bentoml, "serve", "bench.references.bentoml_app:Digits", "--port", "{port}")),
    ]


@contextlib.contextmanager
def own_copy() -> Iterator[Path]:
    """A fresh clone of this repository that shares the installed packages: its database starts empty."""
    with tempfile.TemporaryDirectory(prefix="digits-bench-") as folder:
        clone = Path(folder) / "digits"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        (clone / ".venv").symlink_to(ROOT / ".venv")
        yield clone


def ours(clone: Path, **env: str) -> Service:
    """This product, as `make run` starts it, with the rate limits off."""
    python = str(clone / ".venv" / "bin" / "python")
    env = {"RATE_LIMIT_ENABLED": "0", "PORT": "{port}", **env}
    return Service("this product", (python, "-m", "digitsite.run"), "image", "/api/v1/predictions/", env, clone)


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Running:
    """A started service: its URL, how long its first answer took (seconds), and what its processes use."""

    def __init__(self, service: Service) -> None:
        port = str(free_port())
        env = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
        env |= {name: value.replace("{port}", port) for name, value in service.env.items()}
        command = [word.replace("{port}", port) for word in service.command]
        self.service = service
        self.url = f"http://127.0.0.1:{port}{service.path}"
        self.log = tempfile.TemporaryFile()  # noqa: SIM115 (open as long as the service runs)
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            command, cwd=service.cwd, env=env, stdout=self.log, stderr=subprocess.STDOUT, start_new_session=True
        )

    def wait_for_answer(self, picture: bytes) -> None:
        """Ask until it answers, and note how long that took.

        Raises:
            RuntimeError: it ended, or was silent for a minute; with what it wrote last.
        """
        request = urllib.request.Request(
            self.url,
            form_file(self.service.part, picture),
            {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"},
        )
        for _ in range(1200):
            with contextlib.suppress(OSError), urllib.request.urlopen(request, timeout=30) as response:
                if response.status in (200, 201):
                    self.first_answer = time.monotonic() - self.started
                    return
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        self.log.seek(0)
        raise RuntimeError(f"{self.service.name} gave no answer:\n{self.log.read()[-2000:].decode(errors='replace')}")

    def processes(self) -> list[psutil.Process]:
        """All of its processes."""
        root = psutil.Process(self.process.pid)
        return [root, *root.children(recursive=True)]

    def cpu_seconds(self) -> float:
        """User and system time of all its processes so far."""
        times = [process.cpu_times() for process in self.processes()]
        return float(sum(time.user + time.system for time in times))

    def memory_by_role(self) -> dict[str, float]:
        """Proportional set size in MiB, summed by role."""
        sizes: dict[str, float] = {}
        for process in self.processes():
            words = " ".join(process.cmdline())
            role = next((role for role in ROLES if role in words), "other")
            sizes[role] = sizes.get(role, 0) + process.memory_full_info().pss / 2**20
        return sizes

    def stop(self) -> None:
        """SIGINT, as Ctrl-C; then SIGKILL to whatever of its session is left."""
        left = self.processes() if self.process.poll() is None else []
        self.process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(20)
        for process in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait()


@contextlib.contextmanager
def running(service: Service, picture: bytes) -> Iterator[Running]:
    """The service, answering; stopped at the end."""
    started = Running(service)
    try:
        started.wait_for_answer(picture)
        yield started
    finally:
        started.stop()


def require_wrk() -> None:
    """Stop with a sentence when the load generator is missing."""
    if shutil.which("wrk") is None:
        raise SystemExit("make bench needs wrk (Debian: apt-get install wrk).")
