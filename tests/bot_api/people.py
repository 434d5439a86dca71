"""The other side of the conversation: what users do, and what they see."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tests.bot_api.world import World

JSON = dict[str, Any]


@dataclass(frozen=True)
class Group:
    """A group with the bot in it; privacy mode is on, as it is for every new bot."""

    world: World
    id: int

    def __post_init__(self) -> None:
        with self.world.changed:
            self.world.chats[self.id] = {"id": self.id, "type": "supergroup", "title": "Sums"}


@dataclass(frozen=True)
class User:
    """A person with Telegram. Each action returns the message (or query) that Telegram made of it."""

    world: World
    id: int
    language: str = "en"

    def __post_init__(self) -> None:
        name = f"User{self.id}"
        with self.world.changed:
            self.world.users[self.id] = {
                "id": self.id,
                "is_bot": False,
                "first_name": name,
                "language_code": self.language,
            }
            self.world.chats.setdefault(self.id, {"id": self.id, "type": "private", "first_name": name})

    def text(self, text: str, chat: Group | None = None, reply_to: JSON | None = None) -> JSON:
        return self.send({"text": text, "entities": _entities(text)}, chat, reply_to)

    def photo(
        self,
        data: bytes,
        caption: str = "",
        chat: Group | None = None,
        album: str = "",
        reply_to: JSON | None = None,
    ) -> JSON:
        with self.world.changed:
            content: JSON = {"photo": self.world.add_photo(data)}
        return self.send(content | _caption(caption) | _album(album), chat, reply_to)

    def document(
        self,
        data: bytes,
        name: str = "scan.png",
        mime: str = "image/png",
        caption: str = "",
        chat: Group | None = None,
        album: str = "",
        claimed_size: int | None = None,
    ) -> JSON:
        """A file sent uncompressed. `claimed_size` stands for bytes that nobody wants to copy in a test."""
        with self.world.changed:
            stored = self.world.add_file(data, f"documents/{name}", claimed_size)
        content = {"document": {**stored, "file_name": name, "mime_type": mime}}
        return self.send(content | _caption(caption) | _album(album), chat)

    def send(self, content: JSON, chat: Group | None = None, reply_to: JSON | None = None) -> JSON:
        """Any message; the bot gets it where privacy mode lets it."""
        if reply_to is not None:
            content = {
                **content,
                "reply_to_message": {k: v for k, v in reply_to.items() if k != "reply_to_message"},
            }
        with self.world.changed:
            where = self.world.chats[chat.id if chat else self.id]
            message = self.world.add_message(where, self.world.users[self.id], content)
            if chat is None or _seen_in_privacy_mode(self.world, message):
                self.world.add_update("message", message)
        return message

    def press(self, message: JSON, button: str) -> JSON:
        """Press the inline button whose text contains `button`, as soon as it is there."""
        data = self.world.wait(lambda: _button_data(message, button))
        with self.world.changed:
            query = {
                "id": str(self.world.next_id()),
                "from": self.world.users[self.id],
                "chat_instance": "1",
                "data": data,
                "message": message,
            }
            self.world.open_queries.add(query["id"])
            self.world.add_update("callback_query", query)
        return query

    def block_bot(self) -> None:
        with self.world.changed:
            self.world.blocked.add(self.id)

    def delete(self, message: JSON) -> None:
        with self.world.changed:
            del self.world.messages[message["chat"]["id"], message["message_id"]]

    def received(self, chat: Group | None = None) -> list[JSON]:
        """What the bot wrote into the chat, oldest first."""
        chat_id = chat.id if chat else self.id
        with self.world.changed:
            return [
                message
                for (where, _), message in self.world.messages.items()
                if where == chat_id and message["from"]["is_bot"]
            ]

    def wait_for(self, count: int = 1, chat: Group | None = None, timeout: float = 30) -> JSON:
        """The bot's `count`-th message in the chat, once it is there."""
        self.world.wait(lambda: len(self.received(chat)) >= count, timeout)
        return self.received(chat)[count - 1]


def _button_data(message: JSON, text: str) -> str | None:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return next((key["callback_data"] for row in rows for key in row if text in key["text"]), None)


def _caption(caption: str) -> JSON:
    return {"caption": caption, "caption_entities": _entities(caption)} if caption else {}


def _album(album: str) -> JSON:
    return {"media_group_id": album} if album else {}


def _entities(text: str) -> list[JSON]:
    kinds = (("bot_command", r"(?<!\S)/\w+(@\w+)?"), ("mention", r"(?<!\w)@\w+"))
    return [
        {"type": kind, "offset": _utf16(text[: match.start()]), "length": _utf16(match.group())}
        for kind, pattern in kinds
        for match in re.finditer(pattern, text)
        if kind == "bot_command" or not text[: match.start()].endswith("/")
    ]


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _seen_in_privacy_mode(world: World, message: JSON) -> bool:
    text = message.get("text") or message.get("caption") or ""
    replied = message.get("reply_to_message", {}).get("from", {})
    return text.startswith("/") or f"@{world.username}" in text or replied.get("id") == world.bot["id"]
