"""Killed at any moment, stopped politely, or one of several: every answer comes, and comes once."""

import signal

from recognizer.models import Feedback, Submission
from telegram_integration.models import ReceivedUpdate
from tests.bot_api import BotApi
from tests.pictures import png
from tests.processes import Process, wait_until
from tests.telegram_integration.conftest import StartBot


def test_killed_bots_work_is_finished_once_by_the_next(worker: Process, start_bot: StartBot) -> None:
    with BotApi() as api:
        before_download, before_answer, before_command, idle = (api.user(number) for number in range(71, 75))
        first = start_bot(api)
        idle.photo(png("1"))
        idle.wait_for(timeout=60)
        download = api.fault("getFile", hold=True)
        before_download.photo(png("7"))
        assert download.reached.wait(30)
        api.fault("sendMessage", drop="before", times=99, chat_id=before_answer.id)
        before_answer.photo(png("4"))
        wait_until(lambda: Submission.objects.filter(client=f"telegram:{before_answer.id}"), what="a submission")
        api.fault("sendMessage", drop="before", times=99, chat_id=before_command.id)
        before_command.text("/start")
        api.world.wait(
            lambda: any(call.params.get("chat_id") == before_command.id for call in api.calls("sendMessage"))
        )
        first.kill()
        with api.world.changed:
            api.world.faults.clear()
        download.release()

        second = start_bot(api)

        assert before_download.wait_for(timeout=60)["text"].startswith("7 – ")
        assert before_answer.wait_for(timeout=60)["text"].startswith("4 – ")
        assert before_command.wait_for(timeout=60)["text"].startswith("Hello")
        second.stop()
        people = (before_download, before_answer, before_command, idle)
        assert [len(person.received()) for person in people] == [1, 1, 1, 1]
    assert Submission.objects.count() == 3


def test_only_an_answer_whose_receipt_was_lost_is_repeated(worker: Process, start_bot: StartBot) -> None:
    """The window that Telegram's protocol leaves: sent, but killed before its message id came back."""
    with BotApi() as api:
        user = api.user(75)
        first = start_bot(api)
        receipt = api.fault("sendMessage", hold=True)
        user.photo(png("7"))
        user.wait_for(timeout=60)
        first.kill()
        receipt.release()

        second = start_bot(api)

        user.wait_for(2, timeout=60)
        second.stop()
        assert len(user.received()) == 2
    assert Submission.objects.count() == 1


def test_buttons_and_awaited_numbers_survive_a_restart(worker: Process, start_bot: StartBot) -> None:
    with BotApi() as api:
        user = api.user(76)
        first = start_bot(api)
        user.photo(png("7"))
        answer = user.wait_for(timeout=60)
        user.press(answer, "Wrong")
        api.wait_for_calls("answerCallbackQuery", 1)
        user.press(answer, "Type the number")
        user.wait_for(2)
        wait_until(lambda: not ReceivedUpdate.objects.filter(done_at=None).exists(), what="the updates' end")
        first.kill()

        start_bot(api)

        user.text("71")
        assert user.wait_for(3, timeout=60)["text"] == "Thank you, I have noted 71."
        user.press(answer, "change")
        api.wait_for_calls("answerCallbackQuery", 3)
        user.press(answer, "Right")
        api.wait_for_calls("answerCallbackQuery", 4)
    assert Feedback.objects.get().label == "7"


def test_sigterm_answers_accepted_photos_and_takes_no_more(worker: Process, start_bot: StartBot) -> None:
    with BotApi() as api:
        user, late = api.user(77), api.user(78)
        bot = start_bot(api)
        download = api.fault("getFile", hold=True)
        user.photo(png("7"))
        user.photo(png("1"), album="a")
        assert download.reached.wait(60)
        bot.send(signal.SIGTERM)
        wait_until(lambda: "Stopping: no new updates are taken" in bot.output(), what="the stop")
        late.text("/start")

        download.release()

        user.wait_for(2)
        wait_until(lambda: not bot.alive(), what="the bot's end")
        assert late.received() == []
        start_bot(api)
        late.wait_for(timeout=60)
        assert [len(person.received()) for person in (user, late)] == [2, 1]


def test_of_two_bots_one_polls_and_the_other_takes_over(start_bot: StartBot) -> None:
    with BotApi() as api:
        user = api.user(79)
        first = start_bot(api)
        api.wait_for_calls("deleteWebhook", timeout=60)
        second = start_bot(api)
        wait_until(lambda: "Another process polls for this bot" in second.output(), what="the second bot's line")
        user.text("/start")
        user.wait_for()
        assert all(call.ok for call in api.calls("getUpdates"))

        first.kill()

        wait_until(lambda: "Polling Telegram for updates" in second.output(), what="the second bot's turn")
        user.text("/start")
        user.wait_for(2)
        assert len(user.received()) == 2
