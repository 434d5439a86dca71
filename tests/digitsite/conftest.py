"""The real web server, as it is started for tests of the wire."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import Process, free_port, wait_until
from tests.recognizer.conftest import fetch

THREADS = 2


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory, worker_env: dict[str, str]) -> Iterator[int]:
    """Of a web server with two threads."""
    port = free_port()
    server = started(port, tmp_path_factory.mktemp("web"), worker_env)
    yield port
    server.stop()


def started(port: int, folder: Path, env: dict[str, str], hooks: str = "digitsite.gunicorn_hooks") -> Process:
    """A web server that answers."""
    command = [sys.executable, "-m", "gunicorn", "digitsite.wsgi", "--config", f"python:{hooks}"]
    options = ["--bind", f"127.0.0.1:{port}", "--threads", str(THREADS), "--no-control-socket"]
    server = Process([*command, *options], log=folder / "gunicorn.log", env={"RATE_LIMIT_ENABLED": "0"} | env)
    server.start()
    wait_until(lambda: fetch(port, "/livez"), what="the web server to answer")
    return server
