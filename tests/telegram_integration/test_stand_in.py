"""The stand-in itself, by the words of Telegram's documentation (core.telegram.org/bots/api)."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.bot_api import BotApi
from tests.pictures import png


@pytest.fixture
def fresh() -> Iterator[BotApi]:
    with BotApi() as api:
        yield api


def call(api: BotApi, method: str, token: str = "", **params: Any) -> tuple[int, Any]:
    response = httpx.post(f"{api.url}/bot{token or api.token}/{method}", json=params, timeout=30)
    return response.status_code, response.json()


def test_wrong_token_and_unknown_method(fresh: BotApi) -> None:
    unauthorised = {"ok": False, "error_code": 401, "description": "Unauthorized"}
    assert call(fresh, "getMe", token="1:no") == (401, unauthorised)
    assert call(fresh, "noSuchMethod")[0] == 404


def test_updates_come_again_until_an_offset_confirms_them(fresh: BotApi) -> None:
    user = fresh.user(1)
    user.text("one")
    user.text("two")

    first = call(fresh, "getUpdates")[1]["result"]
    again = call(fresh, "getUpdates", offset=first[1]["update_id"])[1]["result"]
    after = call(fresh, "getUpdates", offset=first[1]["update_id"] + 1)[1]["result"]

    assert [update["message"]["text"] for update in first] == ["one", "two"]
    assert [update["message"]["text"] for update in again] == ["two"]
    assert after == []


def test_photo_is_stored_as_jpeg_and_downloaded_by_its_path(fresh: BotApi) -> None:
    photo = fresh.user(1).photo(png("7"))["photo"][-1]

    path = call(fresh, "getFile", file_id=photo["file_id"])[1]["result"]["file_path"]
    download = httpx.get(f"{fresh.url}/file/bot{fresh.token}/{path}")

    assert download.content.startswith(b"\xff\xd8") and len(download.content) == photo["file_size"]
    assert httpx.get(f"{fresh.url}/file/bot1:no/{path}").status_code == 401


@pytest.mark.parametrize(
    ("params", "description"),
    [
        ({"chat_id": 99, "text": "x"}, "Bad Request: chat not found"),
        ({"chat_id": 1, "text": ""}, "Bad Request: message text is empty"),
        ({"chat_id": 1, "text": "x" * 4097}, "Bad Request: message is too long"),
        (
            {"chat_id": 1, "text": "<br>", "parse_mode": "HTML"},
            "Bad Request: can't parse entities: Unsupported start tag",
        ),
        (
            {"chat_id": 1, "text": "x", "reply_parameters": {"message_id": 77}},
            "Bad Request: message to be replied not found",
        ),
        (
            {
                "chat_id": 1,
                "text": "x",
                "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "x" * 65}]]},
            },
            "Bad Request: BUTTON_DATA_INVALID",
        ),
    ],
)
def test_bad_messages_are_refused_in_telegrams_words(fresh: BotApi, params: dict[str, Any], description: str) -> None:
    fresh.user(1)

    assert call(fresh, "sendMessage", **params) == (
        400,
        {"ok": False, "error_code": 400, "description": description},
    )


def test_edit_without_a_change_is_refused(fresh: BotApi) -> None:
    fresh.user(1)
    sent = call(fresh, "sendMessage", chat_id=1, text="x")[1]["result"]["message_id"]

    status, answer = call(fresh, "editMessageText", chat_id=1, message_id=sent, text="x")

    assert status == 400 and "message is not modified" in answer["description"]


def test_flood_blocked_and_polling_beside_a_webhook(fresh: BotApi) -> None:
    user = fresh.user(1)
    fresh.fault("sendMessage", status=429, retry_after=7)
    assert call(fresh, "sendMessage", chat_id=1, text="x")[1]["parameters"] == {"retry_after": 7}

    user.block_bot()
    assert call(fresh, "sendMessage", chat_id=1, text="x")[0] == 403

    call(fresh, "setWebhook", url="http://127.0.0.1:9/never")
    assert call(fresh, "getUpdates")[0] == 409


def test_privacy_mode_keeps_group_talk_from_the_bot(fresh: BotApi) -> None:
    user, group = fresh.user(1), fresh.group(-5)
    user.text("just us", chat=group)
    user.text("/start", chat=group)
    user.text("hey @digits_bot", chat=group)

    seen = [update["message"]["text"] for update in call(fresh, "getUpdates")[1]["result"]]

    assert seen == ["/start", "hey @digits_bot"]
