"""A real bot process that talks to the stand-in for the Bot API over HTTP."""

import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest

from tests import processes
from tests.bot_api import BotApi, User
from tests.settings import TEST_DIR

DEFECT = "by a defect"
user_ids = itertools.count(1001)


def bot_process(api: BotApi, log: Path, *options: str, env: dict[str, str] | None = None) -> processes.Process:
    """`manage.py runbot` against this stand-in, not yet started."""
    command = [sys.executable, "manage.py", "runbot", *options]
    bot_env = {
        "TELEGRAM_API_BASE_URL": api.url,
        "TELEGRAM_BOT_TOKEN": api.token,
        "TELEGRAM_TAKEOVER_SECONDS": "4",
    }
    return processes.Process(command, log=log, env=bot_env | (env or {}))


def polls(api: BotApi) -> bool:
    """Whether a bot has asked for updates."""
    return api.world.poller > 0


@pytest.fixture(scope="session")
def session_api() -> Iterator[BotApi]:
    """One stand-in for the whole run; use `api`."""
    with BotApi() as api:
        yield api


@pytest.fixture(scope="session")
def session_bot(
    session_api: BotApi, worker_env: dict[str, str], redis_server: processes.Process
) -> Iterator[processes.Process]:
    """One real bot for the whole run; use `bot`."""
    process = bot_process(
        session_api,
        TEST_DIR / "bot.log",
        env={**worker_env, "RATE_LIMIT_ENABLED": "0", "TELEGRAM_OPERATOR_IDS": "4242"},
    )
    yield process
    process.stop()


class StartBot(Protocol):
    """Starts a bot of the test's own; it is killed when the test ends."""

    def __call__(self, api: BotApi, *options: str, env: dict[str, str] | None = None) -> processes.Process: ...


@pytest.fixture
def start_bot(
    tmp_path: Path, worker_env: dict[str, str], session_bot: processes.Process, transactional_db: None
) -> Iterator[StartBot]:
    """Start bots against any stand-in; the shared one rests, for it would help with their backlog."""
    session_bot.stop()
    started: list[processes.Process] = []

    def start(api: BotApi, *options: str, env: dict[str, str] | None = None) -> processes.Process:
        log = tmp_path / f"bot-{len(started)}.log"
        started.append(bot_process(api, log, *options, env={**worker_env, **(env or {})}))
        started[-1].start()
        return started[-1]

    yield start
    for process in started:
        process.kill()
        assert DEFECT not in process.output()


@pytest.fixture
def api(session_api: BotApi) -> Iterator[BotApi]:
    """The stand-in that `bot` talks to; its calls and faults are this test's own."""
    with session_api.world.changed:
        session_api.world.calls.clear()
    yield session_api
    with session_api.world.changed:
        for fault in session_api.world.faults:
            fault.release()
        session_api.world.faults.clear()
        session_api.world.updates.clear()


@pytest.fixture
def bot(api: BotApi, session_bot: processes.Process, transactional_db: None) -> Iterator[processes.Process]:
    """A running bot that polls the stand-in, and meets no defect of its own."""
    if not session_bot.alive():
        with api.world.changed:
            api.world.poller = 0
        session_bot.start()
        processes.wait_until(lambda: polls(api) or not session_bot.alive(), what="the bot's first poll")
    assert session_bot.alive(), session_bot.output()[-3000:]
    before = len(session_bot.output())
    yield session_bot
    assert DEFECT not in session_bot.output()[before:]


@pytest.fixture
def new_user(api: BotApi) -> Callable[..., User]:
    """People who never talked to the bot."""

    def make(language: str = "en") -> User:
        return api.user(next(user_ids), language)

    return make


@pytest.fixture
def user(new_user: Callable[..., User]) -> User:
    """Somebody whose Telegram is in English."""
    return new_user()
