"""The bot's main job, end to end: a message in, over HTTP, the answer out, the row stored."""

from recognizer.models import Channel, Status, Submission
from telegram_integration.models import ReadRequest, ReceivedUpdate
from tests.bot_api import BotApi, User
from tests.pictures import drawing, encoded, png
from tests.processes import Process, wait_until


def test_start_and_help_are_answered(bot: Process, user: User) -> None:
    user.text("/start")
    assert "Send me a photo" in user.wait_for(1)["text"]

    user.text("/help")
    assert "/read" in user.wait_for(2)["text"]


def test_photo_is_read_answered_and_stored(bot: Process, worker: Process, api: BotApi, user: User) -> None:
    photo = user.photo(png("7"))

    answer = user.wait_for()

    assert answer["text"].startswith("7 – ")
    assert answer["reply_to_message"]["message_id"] == photo["message_id"]
    row = Submission.objects.get(client=f"telegram:{user.id}")
    assert (row.channel, row.status) == (Channel.TELEGRAM, Status.DONE)
    assert row.prediction and row.prediction.text == "7"


def test_typing_is_shown_while_it_takes_long(bot: Process, worker: Process, api: BotApi, user: User) -> None:
    api.fault("getFile", delay=3.0)
    user.photo(png("3"))

    user.wait_for()

    actions = [call.params for call in api.calls("sendChatAction")]
    assert {"chat_id": user.id, "action": "typing"} in actions


def test_image_file_is_read(bot: Process, worker: Process, user: User) -> None:
    user.document(encoded(drawing("4"), "WEBP"), name="scan.webp", mime="image/webp")

    assert user.wait_for()["text"].startswith("4 – ")


def test_other_messages_are_declined_politely(bot: Process, user: User) -> None:
    user.text("hello there")
    user.send({"sticker": {"file_id": "s", "file_unique_id": "s", "type": "regular", "width": 1, "height": 1,
                           "is_animated": False, "is_video": False}})  # fmt: skip
    user.document(b"%PDF-1.7", name="a.pdf", mime="application/pdf")

    user.wait_for(3)

    assert all("Please send me a photo" in message["text"] for message in user.received())


def test_handled_updates_keep_nothing_but_their_id(bot: Process, user: User) -> None:
    user.text("/start")
    user.wait_for()

    wait_until(lambda: ReceivedUpdate.objects.exclude(done_at=None).exists(), what="the update's end")
    update = ReceivedUpdate.objects.get()

    assert (update.payload, update.user_id) == (None, None)


def test_repeated_update_is_handled_once(bot: Process, worker: Process, api: BotApi, user: User) -> None:
    user.photo(png("7"))
    user.wait_for()

    api.world.repeat_update(api.world.all_updates[-1])
    user.text("/start")
    user.wait_for(2)

    assert len(user.received()) == 2
    assert ReadRequest.objects.count() == 1
