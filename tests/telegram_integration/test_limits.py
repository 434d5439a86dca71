"""How much one person, and all together, may ask in a minute."""

from pytest_django import Settings

from telegram_integration.bot import FloodControl, build_application
from tests.bot_api import BotApi
from tests.processes import Process, wait_until
from tests.telegram_integration.conftest import StartBot


def test_one_person_is_slowed_down_with_one_friendly_word(start_bot: StartBot, redis_server: Process) -> None:
    with BotApi() as api:
        start_bot(api, env={"TELEGRAM_USER_LIMIT": "2"})
        user, other = api.user(51), api.user(52, "fa")
        for _ in range(5):
            user.text("/start")
        other.text("/start")
        other.wait_for()
        wait_until(lambda: len(user.received()) == 3 and not api.world.updates, what="three answers")

        texts = sorted(message["text"] for message in user.received())

    assert [text.split("!")[0] for text in texts] == ["Hello", "Hello", "That is a lot at once"]


def test_a_message_counts_once_however_often_it_is_tried(start_bot: StartBot, redis_server: Process) -> None:
    with BotApi() as api:
        start_bot(api, env={"TELEGRAM_USER_LIMIT": "2"})
        api.fault("sendMessage", status=502, times=2)
        user = api.user(55)

        user.text("/start")

        assert user.wait_for(timeout=60)["text"].startswith("Hello")


def test_all_together_are_asked_for_patience(start_bot: StartBot, redis_server: Process) -> None:
    with BotApi() as api:
        start_bot(api, env={"TELEGRAM_GLOBAL_LIMIT": "1", "REDIS_KEY_PREFIX": "digits-test-crowd:"})
        first, second = api.user(53), api.user(54, "fa")
        first.text("/start")
        assert first.wait_for()["text"].startswith("Hello")

        second.text("/start")

        assert "افراد بسیار زیادی" in second.wait_for()["text"]


def test_what_it_sends_a_second_is_the_operators_to_say(settings: Settings, redis_server: Process) -> None:
    settings.TELEGRAM_BOT_TOKEN, settings.TELEGRAM_SENDS_PER_SECOND = "1:a", 7

    limiter = build_application().bot.rate_limiter

    assert isinstance(limiter, FloodControl)
    assert limiter._base_limiter is not None and limiter._base_limiter.max_rate == 7
