"""`make run` where things are configured: real servers, several processes, the bot."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.bot_api.server import BotApi
from tests.pictures import png
from tests.processes import free_port, wait_until
from tests.run.service import Service


@pytest.fixture
def database(postgres: str) -> Iterator[str]:
    """The URL of an empty PostgreSQL database."""
    name = f"digits_run_{free_port()}"
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield postgres.rpartition("/")[0] + f"/{name}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def bot_api() -> Iterator[BotApi]:
    """A Bot API server."""
    with BotApi() as api:
        yield api


def write_env(root: Path, **variables: object) -> None:
    """The .env file."""
    (root / ".env").write_text("".join(f"{name}={value}\n" for name, value in variables.items()))


def test_env_file_switches_to_real_servers(
    database: str, system_redis: str, bot_api: BotApi, fresh_service: Service
) -> None:
    write_env(
        fresh_service.root,
        DATABASE_URL=database,
        REDIS_URL=system_redis,
        REDIS_KEY_PREFIX=f"digits-run-{fresh_service.port}:",
        WORKER_CONCURRENCY=2,
        WEB_CONCURRENCY=2,
        HOST="0.0.0.0",
        ALLOWED_HOSTS="digits.example",
        TELEGRAM_BOT_TOKEN=bot_api.token,
        TELEGRAM_API_BASE_URL=bot_api.url,
    )

    fresh_service.start()
    fresh_service.wait_until_ready()

    assert "Starting worker1, worker2, web, beat, webhooks, bot" in fresh_service.output()
    assert not fresh_service.pids("valkey-server")
    assert not (fresh_service.root / "var" / "db.sqlite3").exists()
    status, answer = fresh_service.read_png(png("7"), Host="digits.example")
    assert (status, answer["text"]) == (201, "7")
    user = bot_api.user(7)
    user.text("/start")
    wait_until(user.received, what="the bot's answer")


def test_a_bot_that_cannot_start_keeps_nobody_else_from_working(fresh_service: Service) -> None:
    write_env(fresh_service.root, TELEGRAM_BOT_TOKEN="1:x", TELEGRAM_API_BASE_URL=f"http://127.0.0.1:{free_port()}")

    fresh_service.start()

    fresh_service.wait_until_ready()
    assert fresh_service.read_png(png("7"))[0] == 201
