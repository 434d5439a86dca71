"""People who send pictures one after another, and keep what they were answered and after how long."""

import http.client
import json
import random
import ssl
import threading
import time
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from types import TracebackType
from typing import Any, Self

from tests.pictures import STROKES, png
from tests.processes import wait_until

PATH = "/api/v1/predictions/"
# No connection, or none that lived until the answer.
NO_ANSWER = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one request; `id` and `text` are empty where the answer had none."""

    sent: str
    status: int
    seconds: float
    id: str = ""
    text: str = ""
    body: str = ""


@lru_cache(maxsize=16)
def picture(digit: str) -> bytes:
    """A drawn digit."""
    return png(digit)


def connect(address: tuple[str, int], tls: ssl.SSLContext | None = None, **options: Any) -> http.client.HTTPConnection:
    """One connection, not yet made."""
    options.setdefault("timeout", 120)
    if tls:
        return http.client.HTTPSConnection(*address, context=tls, **options)
    return http.client.HTTPConnection(*address, **options)


def send(
    address: tuple[str, int],
    digit: str,
    *,
    ending: bytes = b"",
    headers: dict[str, str] | None = None,
    tls: ssl.SSLContext | None = None,
) -> Answer:
    """POST one picture, with something behind its end, and wait for the answer, however long it takes."""
    began = time.monotonic()
    connection = connect(address, tls)
    try:
        connection.request("POST", PATH, picture(digit) + ending, {"Content-Type": "image/png"} | (headers or {}))
        response = connection.getresponse()
        status, body = response.status, response.read()
    except (OSError, http.client.HTTPException) as error:
        return Answer(digit, NO_ANSWER, time.monotonic() - began, body=repr(error))
    finally:
        connection.close()
    seconds = time.monotonic() - began
    if status not in (201, 202):
        return Answer(digit, status, seconds, body=body.decode(errors="replace")[:500])
    said = json.loads(body)
    return Answer(digit, status, seconds, said["id"], said["text"] or "")


class Load:
    """`with Load(address) as load:` keeps the service busy for as long as the block lasts."""

    def __init__(
        self, address: tuple[str, int], *, users: int = 6, pause: float = 0.05, tls: ssl.SSLContext | None = None
    ) -> None:
        self.address, self.pause, self.tls = address, pause, tls
        self.answers: list[Answer] = []
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._send_on, args=(seed,), daemon=True) for seed in range(users)]

    def _send_on(self, seed: int) -> None:
        chance = random.Random(seed)
        while not self._over.wait(self.pause):
            self.answers.append(send(self.address, chance.choice(list(STROKES)), tls=self.tls))

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def counts(self) -> Counter[int]:
        """Answers by status."""
        return Counter(answer.status for answer in self.answers)

    def read(self) -> int:
        """How many were read at once."""
        return self.counts()[201]

    def wait_for(self, more: int, *, timeout: float = 240) -> None:
        """Until so many more requests were answered with what was read: the service works."""
        before = self.read()
        wait_until(lambda: self.read() >= before + more, what=f"{more} more readings; so far {self}", timeout=timeout)

    def __str__(self) -> str:
        said = ", ".join(f"{count} x {status or 'no answer'}" for status, count in sorted(self.counts().items()))
        slowest = max((answer.seconds for answer in self.answers), default=0.0)
        return f"{len(self.answers)} requests ({said}), the slowest {slowest:.1f} s"
