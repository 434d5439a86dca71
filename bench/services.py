"""The services under test, each started as its own documentation says, in a process session of its own."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bench.load import BOUNDARY, form_file
from tests.processes import free_port

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 240
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
    return [
        reference("old design (Flask)", "old_flask"),
        reference("FastAPI", "fastapi_app"),
        reference("LitServe", "litserve_app"),
        bentoml("BentoML", "Digits"),
        bentoml("BentoML, a worker a core", "DigitsOnEachCore"),
    ]


def bentoml(name: str, service: str) -> Service:
    """One of the services of `bench.references.bentoml_app`, by BentoML's own command."""
    command = str(Path(sys.executable).with_name("bentoml"))
    return Service(name, (command, "serve", f"bench.references.bentoml_app:{service}", "--port", "{port}"))


def django_noop() -> Service:
    """A bare Django view behind gunicorn's own threads."""
    options = ["--worker-class", "gthread", "--workers", "1", "--threads", "64", "--no-control-socket"]
    app = "bench.references.django_noop"
    return Service("Django, no-op", (sys.executable, "-m", "gunicorn", app, *options, "--bind", "127.0.0.1:{port}"))


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


def role_of(process: psutil.Process) -> str:
    """Which part of the product a process is; "all" for those of other services."""
    words = " ".join(process.cmdline())
    return next((role for role in ROLES if role in words), "all")


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
            RuntimeError: it ended, or was silent for PATIENCE_SECONDS; with what it wrote last.
        """
        request = urllib.request.Request(
            self.url,
            form_file(self.service.part, picture),
            {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"},
        )
        while time.monotonic() < self.started + PATIENCE_SECONDS:
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

    def cpu_by_role(self) -> dict[str, float]:
        """User and system seconds of all its processes so far."""
        return self._by_role(lambda process: sum(process.cpu_times()[:2]))

    def memory_by_role(self) -> dict[str, float]:
        """Proportional set size in MB."""
        return self._by_role(lambda process: process.memory_full_info().pss / 1e6)

    def web_process(self) -> dict[str, float]:
        """The largest web process alone: its proportional set size in MB, and whether TensorFlow is in it."""
        web = [process for process in self.processes() if role_of(process) == ROLES[0]]
        if not web:
            return {}
        largest = max(web, key=lambda process: process.memory_full_info().pss)
        mapped = any("tensorflow" in region.path for region in largest.memory_maps())
        return {"memory": largest.memory_full_info().pss / 1e6, "tensorflow": float(mapped)}

    def _by_role(self, figure: Callable[[psutil.Process], float]) -> dict[str, float]:
        figures: dict[str, float] = {}
        for process in self.processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                role = role_of(process)
                figures[role] = figures.get(role, 0.0) + figure(process)
        return figures

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
def stopped(started: Running) -> Iterator[Running]:
    """The service; stopped at the end."""
    try:
        yield started
    finally:
        started.stop()


@contextlib.contextmanager
def running(service: Service, picture: bytes) -> Iterator[Running]:
    """The service, answering; stopped at the end."""
    with stopped(Running(service)) as started:
        started.wait_for_answer(picture)
        yield started


def require_wrk() -> None:
    """Stop with a sentence when the load generator is missing."""
    if shutil.which("wrk") is None:
        raise SystemExit("make bench needs wrk (Debian: apt-get install wrk).")
