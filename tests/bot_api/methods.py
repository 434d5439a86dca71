"""The Bot API's methods, as far as a bot like ours can call them."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any

from tests.bot_api.faults import Refusal
from tests.bot_api.world import MAX_DOWNLOAD, World

JSON = dict[str, Any]
Files = dict[str, bytes]
Method = Callable[[World, JSON, Files], Any]

ALLOWED_TAGS = re.compile(r"</?(b|i|u|s|code|pre|strong|em|tg-spoiler|blockquote)>")


def get_me(world: World, params: JSON, files: Files) -> JSON:
    return {
        **world.bot,
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
    }


def get_updates(world: World, params: JSON, files: Files) -> list[JSON]:
    """Confirms what lies before `offset`, then waits up to `timeout` seconds; the newest poller wins."""
    if world.webhook.get("url"):
        raise Refusal(
            409,
            "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the "
            "webhook first",
        )
    offset = params.get("offset") or 0
    world.updates[:] = [update for update in world.updates if update["update_id"] >= offset]
    world.poller += 1
    mine = world.poller
    world.changed.notify_all()
    world.changed.wait_for(lambda: world.updates or world.poller != mine, params.get("timeout", 0))
    if world.poller != mine:
        raise Refusal(
            409,
            "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
        )
    return world.updates[: params.get("limit", 100)]


def get_file(world: World, params: JSON, files: Files) -> JSON:
    file_id = str(params.get("file_id"))
    if file_id not in world.files:
        raise Refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
    if world.sizes[file_id] > MAX_DOWNLOAD:
        raise Refusal(400, "Bad Request: file is too big")
    return {
        "file_id": file_id,
        "file_unique_id": f"unique-{file_id}",
        "file_size": world.sizes[file_id],
        "file_path": f"photos/{file_id}",
    }


def send_message(world: World, params: JSON, files: Files) -> JSON:
    text = _formatted(params, "text", 4096)
    if not text:
        raise Refusal(400, "Bad Request: message text is empty")
    return _deliver(world, params, {"text": text})


def send_photo(world: World, params: JSON, files: Files) -> JSON:
    data = next(iter(files.values()), None)
    if data is None:
        raise Refusal(400, "Bad Request: there is no photo in the request")
    content: JSON = {"photo": world.add_photo(data)}
    if caption := _formatted(params, "caption", 1024):
        content["caption"] = caption
    return _deliver(world, params, content)


def send_chat_action(world: World, params: JSON, files: Files) -> bool:
    world.chat(params.get("chat_id"))
    return True


def edit_message_text(world: World, params: JSON, files: Files) -> JSON:
    message = _own_message(world, params)
    return _edit(
        world,
        message,
        {"text": _formatted(params, "text", 4096), "reply_markup": _keyboard(params)},
    )


def edit_message_reply_markup(world: World, params: JSON, files: Files) -> JSON:
    return _edit(world, _own_message(world, params), {"reply_markup": _keyboard(params)})


def delete_message(world: World, params: JSON, files: Files) -> bool:
    world.chat(params.get("chat_id"))
    if not world.messages.pop((int(params["chat_id"]), int(params.get("message_id", 0))), None):
        raise Refusal(400, "Bad Request: message to delete not found")
    return True


def answer_callback_query(world: World, params: JSON, files: Files) -> bool:
    if str(params.get("callback_query_id")) not in world.open_queries:
        raise Refusal(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
    world.open_queries.discard(str(params["callback_query_id"]))
    return True


def set_webhook(world: World, params: JSON, files: Files) -> bool:
    world.webhook = {key: params.get(key, "") for key in ("url", "secret_token")}
    return True


def delete_webhook(world: World, params: JSON, files: Files) -> bool:
    world.webhook = {}
    return True


def get_webhook_info(world: World, params: JSON, files: Files) -> JSON:
    return {
        "url": world.webhook.get("url", ""),
        "has_custom_certificate": False,
        "pending_update_count": len(world.updates),
    }


def _setter(name: str, field: str) -> Method:
    def set_value(world: World, params: JSON, files: Files) -> bool:
        if "scope" in params and "chat_id" in params["scope"]:
            world.chat(params["scope"]["chat_id"])
        world.profile[_slot(name, params)] = params.get(field) or ""
        return True

    return set_value


def _getter(name: str, field: str | None) -> Method:
    def get_value(world: World, params: JSON, files: Files) -> Any:
        value = world.profile.get(_slot(name, params))
        return (value or []) if field is None else {field: value or ""}

    return get_value


def _slot(name: str, params: JSON) -> tuple[str, str, str]:
    return name, params.get("language_code") or "", json.dumps(params.get("scope") or {"type": "default"})


def _deliver(world: World, params: JSON, content: JSON) -> JSON:
    chat = world.chat(params.get("chat_id"))
    if replied := _replied(world, chat, params.get("reply_parameters")):
        content["reply_to_message"] = {**replied}
        content["reply_to_message"].pop("reply_to_message", None)
    if "inline_keyboard" in (params.get("reply_markup") or {}):
        content["reply_markup"] = _keyboard(params)
    if "message_thread_id" in params:
        content["message_thread_id"] = params["message_thread_id"]
    return world.add_message(chat, world.bot, content)


def _replied(world: World, chat: JSON, reply: JSON | None) -> JSON | None:
    if not reply:
        return None
    message = world.messages.get((chat["id"], reply["message_id"]))
    if message is None and not reply.get("allow_sending_without_reply"):
        raise Refusal(400, "Bad Request: message to be replied not found")
    return message


def _own_message(world: World, params: JSON) -> JSON:
    world.chat(params.get("chat_id"))
    message = world.messages.get((int(params["chat_id"]), int(params.get("message_id", 0))))
    if message is None:
        raise Refusal(400, "Bad Request: message to edit not found")
    if message["from"]["id"] != world.bot["id"]:
        raise Refusal(400, "Bad Request: message can't be edited")
    return message


def _edit(world: World, message: JSON, changes: JSON) -> JSON:
    before = {key: message.get(key) for key in changes}
    if before == changes:
        raise Refusal(
            400,
            "Bad Request: message is not modified: specified new message content and reply markup are exactly "
            "the same as a current content and reply markup of the message",
        )
    message.update(changes, edit_date=int(time.time()))
    if message.get("reply_markup") is None:
        message.pop("reply_markup", None)
    world.changed.notify_all()
    return message


def _keyboard(params: JSON) -> JSON | None:
    markup: JSON | None = params.get("reply_markup")
    for row in (markup or {}).get("inline_keyboard", []):
        for button in row:
            if not 1 <= len(str(button.get("callback_data", "x")).encode()) <= 64:
                raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
    return markup if markup and markup.get("inline_keyboard") != [] else None


def _formatted(params: JSON, field: str, limit: int) -> str:
    """The text as its reader sees it: HTML must be well formed, length counts what remains."""
    text = str(params.get(field, ""))
    if str(params.get("parse_mode", "")).upper() == "HTML":
        bare = ALLOWED_TAGS.sub("", text)
        if "<" in bare or ">" in bare:
            raise Refusal(400, "Bad Request: can't parse entities: Unsupported start tag")
        text = bare.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
    if len(text) > limit:
        raise Refusal(400, f"Bad Request: {'message' if field == 'text' else 'message caption'} is too long")
    return text.strip()


METHODS: dict[str, Method] = {
    "getme": get_me,
    "getupdates": get_updates,
    "getfile": get_file,
    "sendmessage": send_message,
    "sendphoto": send_photo,
    "sendchataction": send_chat_action,
    "editmessagetext": edit_message_text,
    "editmessagereplymarkup": edit_message_reply_markup,
    "deletemessage": delete_message,
    "answercallbackquery": answer_callback_query,
    "setwebhook": set_webhook,
    "deletewebhook": delete_webhook,
    "getwebhookinfo": get_webhook_info,
    "setmycommands": _setter("commands", "commands"),
    "getmycommands": _getter("commands", None),
    "setmydescription": _setter("description", "description"),
    "getmydescription": _getter("description", "description"),
    "setmyshortdescription": _setter("short_description", "short_description"),
    "getmyshortdescription": _getter("short_description", "short_description"),
    "setchatmenubutton": _setter("menu_button", "menu_button"),
}
