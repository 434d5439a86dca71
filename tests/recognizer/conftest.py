"""The real web server, for what only shows on the wire."""

import http.client
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests import factories
from tests.processes import Process, wait_until


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fetch(port: int, path: str) -> bytes:
    """The body, empty while nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().read()
    except OSError:
        return b""
    finally:
        connection.close()


@pytest.fixture
def gunicorn(tmp_path: Path, worker_env: dict[str, str], worker: Process) -> Iterator[int]:
    """Two web processes and a worker behind them, without rate limits; the fixture is their port."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "digitsite.wsgi", "--config", "python:digitsite.gunicorn_hooks"]
    options = ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "8", "--no-control-socket"]
    env = worker_env | {"RATE_LIMIT_ENABLED": "0"}
    server = Process([*command, *options], log=tmp_path / "gunicorn.log", env=env)
    server.start()
    try:
        wait_until(lambda: fetch(port, "/livez") == b'{"status": "ok"}', what="gunicorn to answer")
        yield port
    finally:
        server.stop()


@pytest.fixture
def rita(db: None) -> User:
    """A reviewer."""
    return factories.reviewer()


@pytest.fixture
def desk(rita: User, client: Client) -> Client:
    """A reviewer's browser."""
    client.force_login(rita)
    return client
