"""The real web server, for what only shows on the wire."""

import ipaddress
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from recognizer import dispatch
from tests import factories
from tests.processes import Process, free_port, start_web_server
from tests.recognizer.couriers import new_courier


@pytest.fixture(autouse=True)
def fresh_limits(settings: Any) -> None:
    """Nobody has asked for anything yet, whatever the tests before did as the same caller."""
    connection = dispatch.redis_client()
    for key in connection.scan_iter(f"{settings.REDIS_KEY_PREFIX}limit:*"):
        connection.delete(key)


@pytest.fixture
def gunicorn(tmp_path: Path, worker_env: dict[str, str], worker: Process) -> Iterator[int]:
    """Two web processes and a worker behind them, without rate limits; the fixture is their port."""
    port = free_port()
    server = start_web_server(tmp_path, worker_env, port=port, workers=2, threads=8)
    yield port
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


@pytest.fixture
def ada(transactional_db: None) -> User:
    """Who sends pictures with a token."""
    return User.objects.create_user("ada")


@pytest.fixture
def loopback_allowed(settings: Any) -> None:
    """Webhooks may go to this machine, as the couriers of tests have it."""
    settings.WEBHOOK_ALLOWED_NETWORKS = [ipaddress.ip_network("127.0.0.0/8")]
    settings.WEBHOOK_ALLOW_HTTP = True


@pytest.fixture(scope="module")
def module_courier(worker_env: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """One for all tests; use `courier`."""
    process = new_courier(tmp_path_factory.mktemp("courier"), worker_env)
    yield process
    process.stop()


@pytest.fixture
def courier(module_courier: Process) -> Process:
    """A courier that runs."""
    if not module_courier.alive():
        module_courier.start()
    return module_courier


@pytest.fixture
def make_courier(
    module_courier: Process, worker_env: dict[str, str], tmp_path: Path
) -> Iterator[Callable[..., Process]]:
    """Make couriers with settings of their own, not yet started. The one for all tests rests meanwhile."""
    module_courier.stop()
    made: list[Process] = []

    def make(**more: str) -> Process:
        made.append(new_courier(tmp_path, worker_env, **more))
        return made[-1]

    yield make
    for process in made:
        process.stop()
