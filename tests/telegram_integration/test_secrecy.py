"""The bot's token reaches no log line, whatever the level and whatever goes wrong."""

import io
import logging
from collections.abc import Iterator

import pytest

from telegram_integration.secrecy import hide_in_logs
from tests import processes
from tests.bot_api import BotApi
from tests.telegram_integration.conftest import StartBot

TOKEN = "987654:AAH-a_real-looking-secret"
SECRET = TOKEN.split(":")[1]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    factory, stream = logging.getLogRecordFactory(), io.StringIO()
    handler = logging.StreamHandler(stream)
    logging.getLogger("some.library").addHandler(handler)
    hide_in_logs(TOKEN, "")
    yield stream
    logging.setLogRecordFactory(factory)
    logging.getLogger("some.library").removeHandler(handler)


def test_token_is_masked_in_message_arguments_and_traceback(log: io.StringIO) -> None:
    logger = logging.getLogger("some.library")
    logger.warning("GET https://api.telegram.org/bot%s/getMe", TOKEN)
    logger.warning("GET https://api.telegram.org/bot987654%%3A%s/getMe", SECRET)
    try:
        raise ValueError(f"The token `{TOKEN}` was rejected")
    except ValueError:
        logger.exception("It failed")

    assert SECRET not in log.getvalue()
    assert log.getvalue().count("[secret]") >= 3
    assert "ValueError" in log.getvalue()


def test_other_records_are_left_alone(log: io.StringIO) -> None:
    logging.getLogger("some.library").warning("%s of %d", "two", 3)
    logging.getLogger("some.library").warning("100 %")

    assert log.getvalue() == "two of 3\n100 %\n"


def test_bot_at_debug_level_with_failing_requests_never_shows_its_token(start_bot: StartBot) -> None:
    with BotApi(token=TOKEN) as api:
        for fault in ({"status": 500}, {"drop": "before"}, {"status": 429, "retry_after": 1}, {"status": 409}):
            api.fault("getUpdates", **fault)
        api.fault("sendMessage", status=502)
        api.fault("getFile", drop="before")
        loud = {"DJANGO_SETTINGS_MODULE": "tests.telegram_integration.loud_settings", "PYTHONASYNCIODEBUG": "1"}
        bot = start_bot(api, env=loud)
        user = api.user(7)
        user.text("/start")
        user.document(b"not a picture")
        user.wait_for(2, timeout=60)
        bot.stop()

    assert "httpcore" in bot.output() and "/getUpdates" in bot.output()
    assert SECRET not in bot.output()


def test_refused_token_stops_the_bot_with_one_sentence_that_does_not_quote_it(start_bot: StartBot) -> None:
    with BotApi() as api:
        bot = start_bot(api, env={"TELEGRAM_BOT_TOKEN": TOKEN})
        processes.wait_until(lambda: not bot.alive(), what="the bot's end")

    assert "Telegram refused the token (401)" in bot.output()
    assert "Traceback" not in bot.output()
    assert SECRET not in bot.output()
