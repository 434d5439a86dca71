"""Pictures in all the ways people send them."""

import io

import pytest
from PIL import Image

from recognizer.models import Submission
from telegram_integration.models import ReadRequest
from tests.bot_api import BotApi, Group, User
from tests.pictures import drawing, encoded, png
from tests.processes import Process, wait_until

MENTION = "@digits_bot"


@pytest.fixture
def group(api: BotApi) -> Group:
    return api.group(-1001)


def blank() -> bytes:
    return encoded(Image.new("RGB", (200, 200), "white"))


def test_number_of_several_digits_comes_with_its_boxes(bot: Process, worker: Process, api: BotApi, user: User) -> None:
    user.photo(png("417"))

    answer = user.wait_for()

    assert answer["caption"].startswith(("417 – ", "Probably 417"))
    (sent,) = api.calls("sendPhoto")
    picture = Image.open(io.BytesIO(next(iter(sent.files.values()))))
    colours = {colour for _, colour in picture.convert("RGB").getcolors(1 << 24) or []}
    assert colours & {(21, 128, 61), (194, 65, 12)}


def test_album_gets_one_answer_in_its_order(bot: Process, worker: Process, user: User) -> None:
    photos = [user.photo(png(digit), album="holiday") for digit in ("7", "3", "1")]

    answer = user.wait_for()
    user.text("/start")
    user.wait_for(2)

    text = answer.get("text") or answer["caption"]
    assert [line[:2] for line in text.splitlines()] == ["1.", "2.", "3."]
    first, second, third = text.splitlines()
    assert "7" in first[2:] and "3" in second[2:] and "1" in third[2:]
    assert answer["reply_to_message"]["message_id"] == photos[0]["message_id"]
    assert len(user.received()) == 2
    assert ReadRequest.objects.get().pictures.count() == 3


def test_straggler_of_an_answered_album_gets_an_answer_of_its_own(bot: Process, worker: Process, user: User) -> None:
    user.photo(png("7"), album="slow")
    user.wait_for(1)

    user.photo(png("1"), album="slow")

    assert user.wait_for(2)["text"].startswith("1 – ")


def test_blank_picture_is_refused_with_advice(bot: Process, worker: Process, user: User) -> None:
    user.photo(blank())

    answer = user.wait_for()

    assert "I see no writing here" in answer["text"]
    buttons = [key["text"] for row in answer["reply_markup"]["inline_keyboard"] for key in row]
    assert buttons == ["✍️ Tell me what it is"]


def test_gif_sent_as_a_file_is_told_what_can_be_read(bot: Process, user: User) -> None:
    user.document(encoded(drawing("7"), "GIF"), name="a.gif", mime="image/gif")

    answer = user.wait_for()

    assert "PNG, JPEG and WebP" in answer["text"]
    assert "reply_markup" not in answer


def test_file_over_20_mb_is_declined_without_a_download(bot: Process, api: BotApi, user: User) -> None:
    user.document(b"x", name="huge.png", claimed_size=25 * 1024 * 1024)

    assert "over 20 MB" in user.wait_for()["text"]
    assert api.calls("getFile") == []


def test_file_that_telegram_calls_too_big_or_has_lost_is_explained(bot: Process, api: BotApi, user: User) -> None:
    api.fault("getFile", status=400, description="Bad Request: file is too big")
    api.fault("getFile", status=400, description="Bad Request: wrong file_id or the file is temporarily unavailable")
    user.photo(png("7"))
    assert "over 20 MB" in user.wait_for(1)["text"]

    user.photo(png("7"))
    assert "no longer has this picture" in user.wait_for(2)["text"]


def test_vanished_message_is_answered_without_a_quote(bot: Process, worker: Process, api: BotApi, user: User) -> None:
    hold = api.fault("getFile", hold=True)
    photo = user.photo(png("7"))
    hold.reached.wait(30)
    user.delete(photo)
    hold.release()

    answer = user.wait_for()

    assert answer["text"].startswith("7 – ")
    assert "reply_to_message" not in answer


def test_user_who_blocked_the_bot_is_given_up(bot: Process, worker: Process, api: BotApi, user: User) -> None:
    hold = api.fault("getFile", hold=True)
    user.photo(png("7"))
    hold.reached.wait(30)
    user.block_bot()
    hold.release()

    api.wait_for_calls("sendMessage")
    wait_until(lambda: not ReadRequest.objects.filter(done_at=None).exists(), what="the request's end")

    assert Submission.objects.count() == 1
    assert "cannot be answered, Telegram says: Forbidden" in bot.output()


def test_group_picture_is_read_when_its_caption_mentions_the_bot(
    bot: Process, worker: Process, user: User, group: Group
) -> None:
    user.photo(png("3"), chat=group)
    mentioned = user.photo(png("7"), caption=f"{MENTION} what is this?", chat=group)

    answer = user.wait_for(chat=group)

    assert answer["text"].startswith("7 – ")
    assert answer["reply_to_message"]["message_id"] == mentioned["message_id"]


def test_group_picture_is_read_on_request(bot: Process, worker: Process, user: User, group: Group) -> None:
    already = len(user.received(group))
    photo = user.photo(png("7"), chat=group)

    user.text("/read", chat=group, reply_to=photo)
    assert user.wait_for(already + 1, group)["text"].startswith("7 – ")

    user.text(f"{MENTION} and you?", chat=group, reply_to=photo)
    assert user.wait_for(already + 2, group)["text"].startswith("7 – ")

    user.text("/read@digits_bot", chat=group)
    assert "as a reply to a message with a picture" in user.wait_for(already + 3, group)["text"]


def test_picture_in_reply_to_the_bot_is_read(bot: Process, worker: Process, user: User, group: Group) -> None:
    already = len(user.received(group))
    user.text("/start@digits_bot", chat=group)
    hello = user.wait_for(already + 1, group)

    user.photo(png("7"), chat=group, reply_to=hello)

    assert user.wait_for(already + 2, group)["text"].startswith("7 – ")


def test_answer_follows_a_group_that_has_become_a_supergroup(
    bot: Process, worker: Process, api: BotApi, user: User
) -> None:
    group, supergroup = api.group(-1003), api.group(-1004)
    api.fault("sendMessage", status=400, migrate_to=supergroup.id, chat_id=group.id)

    user.photo(png("7"), caption=MENTION, chat=group)

    assert user.wait_for(chat=supergroup)["text"].startswith("7 – ")
    assert user.received(group) == []
