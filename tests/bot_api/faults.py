"""Misbehaviour on demand: statuses, flood control, dropped, slow and withheld connections."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any

JSON = dict[str, Any]


class Refusal(Exception):
    """An answer with `ok: false`, in Telegram's own words."""

    def __init__(self, code: int, description: str, parameters: JSON | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


class Dropped(Exception):
    """The connection is to be closed without an answer."""


@dataclass
class Fault:
    """What happens to the next `times` calls of `method` ("*" is any; "file" is a download).

    `status` answers with that code, and with `retry_after` seconds or the chat that a group `migrate_to`;
    `drop` closes the connection, before the call has had its effect or ("after") once it has; `hold` has the
    effect and keeps the answer back until `release()`; `delay` keeps it back for so many seconds.
    """

    method: str
    times: int = 1
    status: int = 0
    description: str = ""
    retry_after: int = 0
    migrate_to: int = 0
    drop: str = ""
    hold: bool = False
    delay: float = 0.0
    chat_id: int | None = None
    reached: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)

    def matches(self, method: str, params: JSON) -> bool:
        return (
            self.times > 0
            and self.method.lower() in ("*", method.lower())
            and self.chat_id in (None, params.get("chat_id"))
        )

    def before(self) -> None:
        """Raise what the caller shall see instead of the call's effect."""
        self.reached.set()
        if self.drop == "before":
            raise Dropped
        if self.status:
            parameters = {"retry_after": self.retry_after, "migrate_to_chat_id": self.migrate_to}
            given = {name: value for name, value in parameters.items() if value}
            raise Refusal(self.status, self.description or PHRASES[self.status], given)

    def after(self) -> None:
        """Raise or wait once the call has had its effect."""
        if self.drop == "after":
            raise Dropped
        if self.hold:
            self.released.wait(60)
        time.sleep(self.delay)

    def release(self) -> None:
        """Let the answers that `hold` keeps back go."""
        self.released.set()


PHRASES = {
    400: "Bad Request: group chat was upgraded to a supergroup chat",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    409: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    429: "Too Many Requests: retry later",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
}
