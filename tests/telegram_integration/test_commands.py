"""The slash commands, in both languages."""

from collections.abc import Callable

from recognizer.models import Feedback, Submission
from telegram_integration.models import Person, Picture, ReadRequest, ReceivedUpdate
from tests.bot_api import BotApi, User
from tests.pictures import png
from tests.processes import Process

OPERATOR = 4242


def test_persian_is_spoken_to_whose_telegram_is_persian(
    bot: Process, worker: Process, new_user: Callable[..., User]
) -> None:
    user = new_user("fa-IR")
    user.text("/start")
    assert "سلام" in user.wait_for(1)["text"]

    user.photo(png("7"))
    answer = user.wait_for(2)

    assert answer["text"].startswith("۷ – با اطمینان ۹")
    assert "7" not in answer["text"]


def test_language_is_chosen_and_kept(bot: Process, api: BotApi, user: User) -> None:
    user.text("/language")
    menu = user.wait_for(1)

    user.press(menu, "فارسی")

    assert user.wait_for(2)["text"] == "از این پس با شما فارسی صحبت می‌کنم."
    user.text("/help")
    assert "چه چیزی می‌خوانم" in user.wait_for(3)["text"]
    user.press(menu, "English")
    assert user.wait_for(4)["text"] == "From now on I speak English with you."


def test_language_is_confirmed_though_the_press_is_too_old_to_be_answered(
    bot: Process, api: BotApi, user: User
) -> None:
    user.text("/language")
    menu = user.wait_for(1)
    api.fault("answerCallbackQuery", status=400, description="Bad Request: query is too old")

    user.press(menu, "فارسی")

    assert user.wait_for(2)["text"] == "از این پس با شما فارسی صحبت می‌کنم."


def test_history_lists_the_newest_first(bot: Process, worker: Process, user: User) -> None:
    user.text("/history")
    assert user.wait_for(1)["text"] == "You have not sent me any pictures yet."
    user.photo(png("7"))
    user.wait_for(2)
    user.photo(png("1"))
    user.wait_for(3)

    user.text("/history")

    title, newest, oldest = user.wait_for(4)["text"].splitlines()
    assert title == "Your last pictures"
    assert newest.startswith("1 – ") and oldest.startswith("7 – ")
    assert newest.endswith(" ago")


def test_privacy_is_explained(bot: Process, user: User) -> None:
    user.text("/privacy")

    assert "/forgetme erases all of it" in user.wait_for()["text"]


def test_forgetme_erases_everything_after_a_confirmation(
    bot: Process, worker: Process, api: BotApi, user: User, new_user: Callable[..., User]
) -> None:
    other = new_user()
    other.photo(png("1"))
    other.wait_for()
    user.photo(png("7"))
    user.press(user.wait_for(1), "Right")
    api.wait_for_calls("answerCallbackQuery", 1)
    user.text("/forgetme")
    question = user.wait_for(2)

    user.press(question, "Keep it")
    api.wait_for_calls("answerCallbackQuery", 2)
    assert question["text"] == "All right, nothing was erased."
    assert Submission.objects.count() == 2

    user.text("/forgetme")
    question = user.wait_for(3)
    user.press(question, "Erase everything")
    api.wait_for_calls("answerCallbackQuery", 3)
    assert question["text"] == "Done. I have erased 1 picture and everything else of yours."
    assert list(Submission.objects.values_list("client", flat=True)) == [f"telegram:{other.id}"]
    assert Feedback.objects.count() == 0
    assert list(Person.objects.values_list("user_id", flat=True)) == [other.id]
    assert (ReadRequest.objects.count(), Picture.objects.count()) == (1, 1)
    assert not ReceivedUpdate.objects.filter(user_id=user.id).exclude(done_at=None).exists()


def test_private_matters_stay_out_of_groups(bot: Process, api: BotApi, user: User) -> None:
    group = api.group(-1002)
    for count, command in enumerate(("/history", "/forgetme"), start=1):
        user.text(command, chat=group)
        assert "in a private chat" in user.wait_for(count, group)["text"]


def test_statistics_are_the_operators(bot: Process, worker: Process, api: BotApi, user: User) -> None:
    user.photo(png("7"))
    user.press(user.wait_for(1), "Right")
    api.wait_for_calls("answerCallbackQuery")
    user.text("/stats")
    assert "do not know this command" in user.wait_for(2)["text"]

    operator = api.user(OPERATOR)
    operator.text("/stats")

    lines = operator.wait_for()["text"].splitlines()
    assert lines[1] == "Pictures: 1, of these in the last 24 hours: 1"
    assert lines[3] == "Called right: 1, called wrong: 0"


def test_profile_is_registered_in_both_languages(bot: Process, api: BotApi) -> None:
    profile = api.world.profile

    api.world.wait(lambda: any(slot[0] == "menu_button" for slot in profile))

    default = '{"type": "default"}'
    english, persian = (profile["commands", language, default] for language in ("", "fa"))
    assert [line["command"] for line in english] == [line["command"] for line in persian]
    assert english[0]["description"] == "What I can do"
    assert persian[0]["description"] == "چه کارهایی از من برمی‌آید"
    assert "رقم‌های دست‌نویس" in profile["description", "fa", default]
    assert profile["short_description", "", default]
