"""Updates by webhook instead of polling."""

import urllib.error
import urllib.request

import pytest

from telegram_integration.models import ReceivedUpdate
from tests.bot_api import BotApi
from tests.pictures import png
from tests.processes import Process, free_port, wait_until
from tests.telegram_integration.conftest import StartBot


def test_webhook_answers_and_checks_the_secret(worker: Process, start_bot: StartBot) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}/telegram"
    with BotApi() as api:
        settings = {"TELEGRAM_WEBHOOK_URL": url, "TELEGRAM_WEBHOOK_SECRET": "right-secret_1"}
        bot = start_bot(api, "--webhook", "--port", str(port), env=settings)
        api.wait_for_calls("setWebhook", timeout=60)
        user = api.user(81)
        user.photo(png("7"))
        assert user.wait_for(timeout=60)["text"].startswith("7 – ")

        for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "wrong"}):
            forged = urllib.request.Request(url, b'{"update_id": 1}', {"Content-Type": "application/json", **headers})
            with pytest.raises(urllib.error.HTTPError, match="403") as refusal:
                urllib.request.urlopen(forged, timeout=10)
            refusal.value.close()
        assert not ReceivedUpdate.objects.filter(pk=1).exists()

        api.world.repeat_update(api.world.all_updates[-1])
        api.world.wait(api.all_confirmed)
        user.text("/start")
        user.wait_for(2)
        assert len(user.received()) == 2
        bot.stop()
        assert "getUpdates" not in [call.method for call in api.world.calls]


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"TELEGRAM_BOT_TOKEN": ""}, "Set TELEGRAM_BOT_TOKEN and TELEGRAM_WEBHOOK_URL"),
        (
            {"TELEGRAM_WEBHOOK_URL": "https://a.example/t", "TELEGRAM_WEBHOOK_SECRET": "no spaces, please"},
            "TELEGRAM_WEBHOOK_SECRET takes 1 to 256 letters",
        ),
    ],
)
def test_missing_or_bad_settings_get_one_sentence(
    start_bot: StartBot, settings: dict[str, str], sentence: str
) -> None:
    with BotApi() as api:
        bot = start_bot(api, "--webhook", env=settings)
        wait_until(lambda: not bot.alive(), what="the bot's end")

    assert sentence in bot.output()
    assert "Traceback" not in bot.output()
