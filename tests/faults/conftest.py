"""Services of the fault tests' own, and how often they do harm: a little by default, FAULTS=long for all of it."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.databases import Postgres, Sqlite
from tests.faults.service import Service
from tests.processes import free_port

LONG = os.environ.get("FAULTS") == "long"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Starting a whole service takes minutes on a busy machine, and the long form takes its time."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(1800 if LONG else 600))


@pytest.fixture(scope="session")
def times() -> int:
    """How often to kill under load."""
    return 20 if LONG else 2


@pytest.fixture(scope="session")
def outage() -> float:
    """Seconds for which a server is away; longer than the deadline in either form."""
    return 30.0 if LONG else 7.0


@pytest.fixture(scope="package")
def small_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path | None]:
    """A disk on which the longest test has room, where one may be mounted."""
    folder = tmp_path_factory.mktemp("disk")
    size = f"size={512 if LONG else 64}m"
    mounted = os.geteuid() == 0 and _runs("mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder))
    yield folder if mounted else None
    if mounted:
        _runs("umount", "--lazy", str(folder))


def _runs(*command: str) -> bool:
    return shutil.which(command[0]) is not None and subprocess.run(command, capture_output=True).returncode == 0


@pytest.fixture(scope="package")
def sqlite_service(tmp_path_factory: pytest.TempPathFactory, small_disk: Path | None) -> Iterator[Service]:
    """On SQLite, on the small disk where there is one; Redis on a unix socket, as `make run` has it."""
    folder = tmp_path_factory.mktemp("sqlite")
    database = Sqlite(small_disk or folder)
    yield from _running(Service(folder, database, redis_url=f"unix://{folder / 'redis.sock'}"))


def in_reach(folder: Path) -> Path:
    """The folder, which the owner of a PostgreSQL cluster inside it may enter."""
    for path in (folder, *folder.parents):
        if path.owner() == folder.owner() and not path.stat().st_mode & 0o001:
            path.chmod(0o711)
    return folder


@pytest.fixture(scope="package")
def postgres_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """On PostgreSQL, with Redis over TCP."""
    folder = in_reach(tmp_path_factory.mktemp("postgres"))
    database = Postgres(folder / "cluster", port=free_port())
    yield from _running(Service(folder, database, redis_url=f"redis://127.0.0.1:{free_port()}/0"))


def _running(service: Service) -> Iterator[Service]:
    try:
        service.start()
        yield service
    finally:
        service.stop()


@pytest.fixture
def service(sqlite_service: Service) -> Service:
    """The usual one, well and idle."""
    sqlite_service.heal()
    return sqlite_service


@pytest.fixture
def service_on_postgres(postgres_service: Service) -> Service:
    """The other one, well and idle."""
    postgres_service.heal()
    return postgres_service
