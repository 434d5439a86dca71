"""Doing each stored item once: claimed by one process, renewed while it works, tried again when it fails."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from itertools import islice
from typing import Generic, TypeVar

from django.db import Error as DatabaseError
from redis import RedisError
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

from telegram_integration.database import in_database
from telegram_integration.models import LEASE, WorkItem, WorkQuerySet

logger = logging.getLogger(__name__)

Item = TypeVar("Item", bound=WorkItem)
RENEW_SECONDS = LEASE.total_seconds() / 4
# Outages end: about eight hours of tries. A defect of ours does not heal by trying.
MAX_ATTEMPTS = 100
MAX_ATTEMPTS_AT_DEFECT = 4


class Backlog(Generic[Item]):
    """The unfinished ones of these items, and the tasks of this process that work on them.

    `perform` does one item. It returns None when the item is done, or the seconds after which to look at
    it again; what it raises decides whether the item is tried again.
    """

    def __init__(
        self, items: WorkQuerySet[Item], perform: Callable[[Item], Awaitable[float | None]], *, concurrency: int
    ) -> None:
        self._items = items
        self._perform = perform
        self._concurrency = concurrency
        self._waiting: dict[int, None] = {}  # in the order in which they came
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._claiming: asyncio.Task[None] | None = None
        self._renewed = time.monotonic()

    def start(self, key: int) -> None:
        """Work on an item as soon as there is room, unless somebody does already."""
        if key not in self._tasks:
            self._waiting[key] = None
            self._fill()

    async def sweep(self) -> None:
        """Renew what this process works on, and start what is due: postponed, or left by a dead process."""
        if self._tasks and time.monotonic() - self._renewed > RENEW_SECONDS:
            await in_database(self._items.renew)(list(self._tasks))
            self._renewed = time.monotonic()
        for key in await in_database(self._due)():
            self.start(key)

    async def drain(self) -> None:
        """Wait until all that was accepted is done, but for what waits for another day or another process."""
        while self._waiting or self._tasks or await in_database(self._items.soon_due().exists)():
            await self.sweep()
            await asyncio.sleep(0.1)

    async def abandon(self) -> None:
        """Stop working, and leave what is unfinished to the next process at once."""
        self._waiting.clear()
        if self._claiming:
            await self._claiming
        claimed = list(self._tasks)
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await in_database(self._items.release)(claimed)

    def _due(self) -> list[int]:
        return list(self._items.due().order_by("due_at").values_list("pk", flat=True)[:200])

    def _fill(self) -> None:
        if self._claiming is None or self._claiming.done():
            self._claiming = asyncio.create_task(self._claim())

    async def _claim(self) -> None:
        """Claim at once as many as there is room for: in a crowd, one by one would take most of the time."""
        while self._waiting and (room := self._concurrency - len(self._tasks)):
            keys = list(islice(self._waiting, room))
            items: list[Item] = []
            try:
                items = await in_database(self._items.claim)(keys)
            except DatabaseError:
                logger.exception("The database failed at %d %ss; they are tried again", len(keys), self._name)
            for key in keys:
                self._waiting.pop(key, None)
            for item in items:
                self._tasks[item.pk] = asyncio.create_task(self._run(item), name=f"{self._name} {item.pk}")

    async def _run(self, item: Item) -> None:
        try:
            await self._work(item)
        except DatabaseError:
            logger.exception("The database failed at %s %s; it is tried again", self._name, item.pk)
        finally:
            del self._tasks[item.pk]
            self._fill()

    @property
    def _name(self) -> str:
        return self._items.model.__name__

    async def _work(self, item: Item) -> None:
        try:
            delay, progress = await self._perform(item), True
        except Exception as error:
            delay, progress = retry_delay(error, item), False
        if delay is not None:
            await in_database(item.postpone)(delay, progress=progress)
        elif item.done_at is None:
            await in_database(item.finish)()


def retry_delay(error: Exception, item: WorkItem) -> float | None:
    """Seconds until the next try, or None to give the item up; says in the log which and why."""
    name = f"{type(item).__name__} {item}"
    if isinstance(error, Forbidden | BadRequest | ChatMigrated):
        logger.info("%s cannot be answered, Telegram says: %s", name, error)
        return None
    transient = isinstance(error, TelegramError | DatabaseError | RedisError | OSError)
    if item.attempts >= (MAX_ATTEMPTS if transient else MAX_ATTEMPTS_AT_DEFECT):
        logger.error("%s is given up after %d attempts", name, item.attempts, exc_info=error)
        return None
    if transient:
        delay = _backoff(error, item.attempts)
        logger.warning("%s failed (%s: %s); next try in %.0f s", name, type(error).__name__, error, delay)
        return delay
    logger.error("%s failed by a defect; it is tried again", name, exc_info=error)
    return _backoff(error, item.attempts)


def _backoff(error: Exception, attempts: int) -> float:
    if isinstance(error, RetryAfter):
        return float(error._retry_after.total_seconds())
    return float(min(300, 2 ** min(attempts, 9) / 2))
