"""Databases that restart, are locked or have no room."""

import signal
import time
from pathlib import Path

import psycopg
import pytest

from tests.faults.databases import Postgres, Sqlite
from tests.faults.invariant import check
from tests.faults.service import Service


def test_postgresql_is_restarted(service_on_postgres: Service) -> None:
    restart(service_on_postgres, signal.SIGINT, fault="PostgreSQL restarted")


def test_postgresql_breaks_down_and_recovers(service_on_postgres: Service) -> None:
    restart(service_on_postgres, signal.SIGQUIT, fault="PostgreSQL broken off and recovered")


def test_postgresql_is_locked(service_on_postgres: Service) -> None:
    service, database = service_on_postgres, service_on_postgres.database
    assert isinstance(database, Postgres)

    with service.load() as load:
        load.wait_for(3)
        with psycopg.connect(database.url) as connection:
            connection.execute("LOCK TABLE recognizer_submission")
            time.sleep(10)
        load.wait_for(3)

    check(service, load.answers, fault="PostgreSQL locked for 10 s")
    assert load.counts()[503], "nobody waited too long"


def restart(service: Service, signal_number: int, *, fault: str) -> None:
    """End the server under load in this way, and start it again."""
    database = service.database
    assert isinstance(database, Postgres)

    with service.load() as load:
        load.wait_for(3)
        database.process.stop(signal_number=signal_number)
        time.sleep(2)
        database.start()
        load.wait_for(3)

    check(service, load.answers, fault=fault)
    service.wait_ready()


def test_sqlite_is_locked(service: Service) -> None:
    assert isinstance(service.database, Sqlite)
    connection = service.database.connect()

    with service.load() as load:
        load.wait_for(3)
        connection.execute("BEGIN EXCLUSIVE")
        time.sleep(10)
        connection.execute("ROLLBACK")
        load.wait_for(3)

    connection.close()
    check(service, load.answers, fault="SQLite locked for 10 s")


def test_the_disk_is_full(service: Service, small_disk: Path | None, outage: float) -> None:
    if small_disk is None:
        pytest.skip("mounting a small disk needs root")
    filler = small_disk / "filler"

    with service.load() as load:
        load.wait_for(3)
        fill(filler)
        time.sleep(outage)
        filler.unlink()
        load.wait_for(3)

    check(service, load.answers, fault=f"disk full for {outage:g} s")
    assert load.counts()[503], "the disk was never full"


def fill(path: Path) -> None:
    """Write until nothing more fits."""
    with path.open("wb", buffering=0) as file:
        for size in (2**20, 2**12):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue
