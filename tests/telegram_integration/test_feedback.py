"""The buttons under an answer."""

from collections.abc import Callable

from recognizer.models import Feedback
from tests.bot_api import BotApi, User
from tests.pictures import png
from tests.processes import Process, wait_until


def labels() -> list[str]:
    return list(Feedback.objects.order_by("id").values_list("label", flat=True))


def keys(message: dict[str, object]) -> list[str]:
    keyboard = message["reply_markup"]["inline_keyboard"]  # type: ignore[index]
    return [key["text"] for row in keyboard for key in row]


def read_seven(user: User) -> dict[str, object]:
    user.photo(png("7"))
    return user.wait_for()


def test_right_is_stored_and_thanked_for(bot: Process, worker: Process, api: BotApi, user: User) -> None:
    answer = read_seven(user)

    user.press(answer, "Right")
    (thanks,) = api.wait_for_calls("answerCallbackQuery")

    assert thanks.params["text"] == "Thank you!"
    assert labels() == ["7"]
    assert Feedback.objects.get().client == f"telegram:{user.id}"
    assert keys(answer) == ["✅ Noted, thank you · change"]


def test_wrong_opens_digits_and_the_choice_is_stored(bot: Process, worker: Process, api: BotApi, user: User) -> None:
    answer = read_seven(user)

    user.press(answer, "Wrong")
    api.wait_for_calls("answerCallbackQuery", 1)
    assert keys(answer)[:10] == list("0123456789")
    user.press(answer, "1")
    api.wait_for_calls("answerCallbackQuery", 2)
    assert labels() == ["1"]

    user.press(answer, "change")
    api.wait_for_calls("answerCallbackQuery", 3)
    user.press(answer, "Wrong")
    api.wait_for_calls("answerCallbackQuery", 4)
    user.press(answer, "No digit")
    api.wait_for_calls("answerCallbackQuery", 5)
    assert labels() == [""]


def test_whole_number_can_be_typed_in_any_figures(bot: Process, worker: Process, api: BotApi, user: User) -> None:
    answer = read_seven(user)
    user.press(answer, "Wrong")
    api.wait_for_calls("answerCallbackQuery", 1)
    user.press(answer, "Type the number")
    assert "digits only" in user.wait_for(2)["text"]

    user.text("۴۰۷")

    assert user.wait_for(3)["text"] == "Thank you, I have noted 407."
    assert labels() == ["407"]
    wait_until(lambda: keys(answer) == ["✅ Noted, thank you · change"], what="the keyboard's change")


def test_text_that_is_no_number_ends_the_correction(bot: Process, worker: Process, api: BotApi, user: User) -> None:
    answer = read_seven(user)
    user.press(answer, "Wrong")
    api.wait_for_calls("answerCallbackQuery", 1)
    user.press(answer, "Type the number")
    user.wait_for(2)

    user.text("never mind")
    assert "not a number" in user.wait_for(3)["text"]
    user.text("407")
    assert "I read pictures" in user.wait_for(4)["text"]
    assert labels() == []


def test_album_asks_which_picture_was_wrong(bot: Process, worker: Process, api: BotApi, user: User) -> None:
    user.photo(png("7"), album="a")
    user.photo(png("1"), album="a")
    answer = user.wait_for()

    user.press(answer, "Wrong")
    api.wait_for_calls("answerCallbackQuery", 1)
    assert keys(answer) == ["1", "2", "↩️ Back"]
    user.press(answer, "2")
    api.wait_for_calls("answerCallbackQuery", 2)
    user.press(answer, "4")
    api.wait_for_calls("answerCallbackQuery", 3)

    assert labels() == ["4"]
    assert Feedback.objects.get().submission.predictions.get().text == "1"


def test_others_cannot_correct_and_erased_pictures_say_so(
    bot: Process, worker: Process, api: BotApi, user: User, new_user: Callable[..., User]
) -> None:
    answer = read_seven(user)

    new_user().press(answer, "Right")
    (refusal,) = api.wait_for_calls("answerCallbackQuery", 1)
    assert "Only whoever asked" in refusal.params["text"]
    assert refusal.params["show_alert"] is True
    assert labels() == []

    user.text("/forgetme")
    question = user.wait_for(2)
    user.press(question, "Erase everything")
    api.wait_for_calls("answerCallbackQuery", 2)
    user.press(answer, "Right")
    assert api.wait_for_calls("answerCallbackQuery", 3)[2].params["text"] == "This picture is no longer stored."


def test_late_and_repeated_presses_do_no_harm(bot: Process, worker: Process, api: BotApi, user: User) -> None:
    answer = read_seven(user)
    user.press(answer, "Right")
    api.wait_for_calls("answerCallbackQuery", 1)

    for update in [update for update in api.world.all_updates if "callback_query" in update][-1:]:
        api.world.repeat_update({**update, "update_id": update["update_id"] + 500_000})
    calls = api.wait_for_calls("answerCallbackQuery", 2)

    assert not calls[1].ok
    assert labels() == ["7"]
