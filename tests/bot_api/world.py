"""What Telegram remembers: users, chats, messages, files, undelivered updates, every call made."""

from __future__ import annotations

import io
import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from PIL import Image

from tests.bot_api.faults import Fault, Refusal

JSON = dict[str, Any]
MAX_DOWNLOAD = 20 * 1024 * 1024


@dataclass(frozen=True)
class Call:
    """One request of the bot, and what it was answered."""

    method: str
    params: JSON
    files: dict[str, bytes]
    ok: bool
    result: Any
    at: float


@dataclass
class World:
    """The state behind the server; every access holds `changed`."""

    token: str = "123456:stand-in-secret"
    username: str = "digits_bot"
    changed: threading.Condition = field(default_factory=threading.Condition)
    users: dict[int, JSON] = field(default_factory=dict)
    chats: dict[int, JSON] = field(default_factory=dict)
    blocked: set[int] = field(default_factory=set)
    messages: dict[tuple[int, int], JSON] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    updates: list[JSON] = field(default_factory=list)
    all_updates: list[JSON] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    open_queries: set[str] = field(default_factory=set)
    profile: dict[tuple[str, str, str], Any] = field(default_factory=dict)
    webhook: JSON = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    poller: int = 0

    def __post_init__(self) -> None:
        self._ids = itertools.count(1)
        self._update_ids = itertools.count(9_000_000)

    @property
    def bot(self) -> JSON:
        return {
            "id": int(self.token.split(":")[0]),
            "is_bot": True,
            "first_name": "Digits",
            "username": self.username,
        }

    def next_id(self) -> int:
        return next(self._ids)

    def chat(self, chat_id: Any) -> JSON:
        try:
            chat = self.chats[int(chat_id)]
        except (KeyError, ValueError, TypeError):
            raise Refusal(400, "Bad Request: chat not found") from None
        if chat["id"] in self.blocked:
            raise Refusal(403, "Forbidden: bot was blocked by the user")
        return chat

    def add_message(self, chat: JSON, sender: JSON, content: JSON) -> JSON:
        """Store a message; the caller holds `changed`."""
        message = {
            "message_id": self.next_id(),
            "date": int(time.time()),
            "chat": chat,
            "from": sender,
            **content,
        }
        self.messages[chat["id"], message["message_id"]] = message
        self.changed.notify_all()
        return message

    def add_update(self, kind: str, content: JSON) -> int:
        """Queue an update for the bot; the caller holds `changed`."""
        update_id = next(self._update_ids)
        self.updates.append({"update_id": update_id, kind: content})
        self.all_updates.append(self.updates[-1])
        self.changed.notify_all()
        return update_id

    def repeat_update(self, update: JSON) -> None:
        """Deliver an update a second time, as Telegram may."""
        with self.changed:
            self.updates.append(update)
            self.changed.notify_all()

    def add_file(self, data: bytes, name: str, claimed_size: int | None = None) -> JSON:
        file_id = f"file-{self.next_id()}"
        self.files[file_id] = data
        self.sizes[file_id] = len(data) if claimed_size is None else claimed_size
        return {
            "file_id": file_id,
            "file_unique_id": f"unique-{file_id}",
            "file_size": self.sizes[file_id],
            "file_path": name,
        }

    def add_photo(self, data: bytes) -> list[JSON]:
        """PhotoSizes, smallest first."""
        return [
            {**self.add_file(copy, "photos/photo.jpg"), "width": width, "height": height}
            for copy, width, height in _photo_sizes(data)
        ]

    def wait(self, condition: Callable[[], Any], timeout: float = 30) -> Any:
        """The first true value of `condition`, looked at after every change; AssertionError after `timeout` s."""
        with self.changed:
            value = self.changed.wait_for(condition, timeout)
        assert value, "waited in vain; the last calls: " + ", ".join(call.method for call in self.calls[-12:])
        return value


@lru_cache(maxsize=16)
def _photo_sizes(data: bytes) -> list[tuple[bytes, int, int]]:
    """JPEGs with their width and height: Telegram re-encodes a photo, 1280 pixels at most."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    sides = [*(side for side in (90, 320) if side < max(image.size)), 1280]
    return [_photo_size(image, side) for side in sides]


def _photo_size(image: Image.Image, side: int) -> tuple[bytes, int, int]:
    copy = image.copy()
    copy.thumbnail((side, side))
    buffer = io.BytesIO()
    copy.save(buffer, "JPEG", quality=87)
    return buffer.getvalue(), copy.width, copy.height
