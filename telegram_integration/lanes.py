"""Many requests to Telegram at once, without one growing dearer by the others."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from telegram.request import BaseRequest, RequestData

IDLE_SECONDS = 60


class Lanes(BaseRequest):
    """Up to `size` clients of one connection each, made as they are needed.

    httpx looks several times at every connection of a pool for each request: with 64 of them that takes four
    times as long as the request itself.
    """

    def __init__(self, make: Callable[[], BaseRequest], *, size: int) -> None:
        self._make = make
        self._slots = asyncio.Semaphore(size)
        self._first = make()
        self._free = deque([(time.monotonic(), self._first)])

    @property
    def read_timeout(self) -> float | None:
        """As each client has it, in seconds."""
        return self._first.read_timeout

    async def initialize(self) -> None:
        """Nothing to do: clients are made ready."""

    async def shutdown(self) -> None:
        """Close the connections."""
        while self._free:
            await self._free.pop()[1].shutdown()

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *args: Any, **kwargs: Any
    ) -> tuple[int, bytes]:
        """On the lane used last, whose connection is open most likely; waits while all are taken."""
        async with self._slots:
            await self._close_idle()
            client = self._free.pop()[1] if self._free else self._make()
            try:
                answer = await client.do_request(url, method, request_data, *args, **kwargs)
            except BaseException:
                # A connection whose request was broken off before it stood would count as taken for ever.
                await client.shutdown()
                raise
            self._free.append((time.monotonic(), client))
            return answer

    async def _close_idle(self) -> None:
        """What a crowd left behind, one at a time."""
        if self._free and time.monotonic() - self._free[0][0] > IDLE_SECONDS:
            await self._free.popleft()[1].shutdown()
