"""The databases under the fault tests, and what is asked of them from outside the service."""

import os
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import psycopg
import pytest

from tests.processes import Process, wait_until

BINARIES = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)


class Database(Protocol):
    """Where a service stores its rows."""

    url: str

    def start(self) -> None:
        """Make it answer."""

    def stop(self) -> None:
        """End what `start` started."""

    def rows(self, question: str) -> Sequence[tuple[Any, ...]]:
        """Ask it in SQL, past the service."""


class Sqlite:
    """A file."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "db.sqlite3"
        self.url = f"sqlite:///{self.path}"

    def start(self) -> None:
        """A file needs no start."""

    def stop(self) -> None:
        """Nor an end."""

    def rows(self, question: str) -> Sequence[tuple[Any, ...]]:
        """Read while the service writes."""
        connection = self.connect()
        try:
            return connection.execute(question).fetchall()
        finally:
            connection.close()

    def connect(self) -> sqlite3.Connection:
        """A connection of our own."""
        return sqlite3.connect(self.path, timeout=30, isolation_level=None)


class Postgres:
    """A cluster of our own, that a test may stop and start."""

    def __init__(self, folder: Path, *, port: int, host: str = "127.0.0.1", prefix: Sequence[str] = ()) -> None:
        if BINARIES is None:
            pytest.skip("no PostgreSQL server in /usr/lib/postgresql")
        self.folder, self.host, self.port = folder, host, port
        self.url = f"postgres://postgres@{host}:{port}/postgres"
        # A server does not run as root.
        self.as_owner = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if _is_root() else []
        options = {"listen_addresses": host, "port": port, "unix_socket_directories": "", "fsync": "off"}
        settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        command = [*prefix, *self.as_owner, f"{BINARIES}/postgres", "-D", str(folder / "data"), *settings]
        self.process = Process(command, log=folder / "postgres.log")

    def initialise(self) -> None:
        """Make the cluster's files."""
        self.folder.mkdir(parents=True)
        if _is_root():
            shutil.chown(self.folder, "postgres", "postgres")
        command = [f"{BINARIES}/initdb", "--pgdata", str(self.folder / "data"), "--auth", "trust", "--no-sync"]
        subprocess.run([*self.as_owner, *command, "-U", "postgres"], check=True, capture_output=True, cwd="/")
        with (self.folder / "data" / "pg_hba.conf").open("a", encoding="utf-8") as rules:
            rules.write("host all all 0.0.0.0/0 trust\n")

    def start(self) -> None:
        """Start the server, the first time with a new cluster."""
        if not self.folder.exists():
            self.initialise()
        self.process.start()
        wait_until(self.answers, what=f"PostgreSQL to answer: {self.process.output()[-500:]}")

    def stop(self) -> None:
        """End all connections and the server."""
        self.process.stop(signal_number=signal.SIGINT)

    def answers(self) -> bool:
        """Whether it takes connections."""
        try:
            return bool(self.rows("SELECT 1"))
        except psycopg.OperationalError:
            return False

    def rows(self, question: str) -> Sequence[tuple[Any, ...]]:
        """By a connection of its own."""
        with psycopg.connect(self.url, connect_timeout=5) as connection:
            return connection.execute(question).fetchall()


def _is_root() -> bool:
    return os.geteuid() == 0
