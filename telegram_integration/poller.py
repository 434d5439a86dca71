"""Long polling: one poller at a time, each failure with its own log line and a growing pause."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from django.conf import settings
from django.db import Error as DatabaseError
from redis.asyncio.lock import Lock
from redis.exceptions import LockError, RedisError
from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from telegram_integration.intake import Intake

logger = logging.getLogger(__name__)

POLL_SECONDS = 25
MAX_PAUSE = 30.0
ALLOWED_UPDATES = [Update.MESSAGE, Update.CALLBACK_QUERY]


class Backoff:
    """Pauses that double from half a second to MAX_PAUSE, until something succeeds."""

    def __init__(self) -> None:
        self._pause = 0.5

    def reset(self) -> None:
        self._pause = 0.5

    async def pause(self, what: str, *, at_least: float = 0) -> None:
        """Say what went wrong and when it is tried again, and wait until then."""
        seconds = max(self._pause, at_least)
        self._pause = min(2 * self._pause, MAX_PAUSE)
        logger.warning("%s; next try in %.1f s", what, seconds)
        await asyncio.sleep(seconds)


async def persist(call: Callable[[], Awaitable[object]], backoff: Backoff | None = None) -> None:
    """Call until it succeeds, whatever the network does.

    Raises:
        InvalidToken: Telegram does not know the token; trying again would not help.
    """
    backoff = backoff or Backoff()
    while True:
        try:
            await call()
        except InvalidToken:
            raise
        except Conflict as error:
            await backoff.pause(f"Another program uses this bot's token ({error.message})", at_least=2)
        except RetryAfter as error:
            await backoff.pause("Telegram asks for patience", at_least=error._retry_after.total_seconds())
        except TelegramError as error:
            await backoff.pause(f"Telegram cannot be reached ({type(error).__name__}: {error.message})")
        except DatabaseError as error:
            await backoff.pause(f"Updates cannot be stored ({type(error).__name__}: {error})")
        else:
            backoff.reset()
            return


class Poller:
    """Asks Telegram for updates, and confirms them by the next question once they are stored."""

    def __init__(self, bot: Bot, intake: Intake) -> None:
        self._bot = bot
        self._intake = intake
        self._offset: int | None = None
        self._backoff = Backoff()

    async def poll(self) -> None:
        """Poll until cancelled.

        Raises:
            InvalidToken: the token was revoked.
        """
        await persist(self._bot.delete_webhook)
        logger.info("Polling Telegram for updates")
        while True:
            await persist(self._poll_once, self._backoff)

    async def _poll_once(self) -> None:
        updates = await self._bot.get_updates(
            offset=self._offset, timeout=POLL_SECONDS, allowed_updates=ALLOWED_UPDATES
        )
        if updates:
            await self._intake.accept(updates)
            self._offset = updates[-1].update_id + 1


async def poll_alone(lock: Lock, poller: Poller) -> None:
    """Poll while holding the lock, so that of many hosts one polls; ends only by an error or cancellation.

    Raises:
        InvalidToken: the token was revoked.
    """
    backoff = Backoff()
    while True:
        try:
            await _acquire(lock)
            backoff.reset()
            await _while_held(lock, poller)
        except RedisError as error:
            await backoff.pause(f"The poller's lock is out of reach ({type(error).__name__}: {error})")


async def _acquire(lock: Lock) -> None:
    if not await lock.acquire(blocking=False):
        logger.info("Another process polls for this bot; waiting until it stops")
        await lock.acquire(blocking=True)


async def _while_held(lock: Lock, poller: Poller) -> None:
    polling = asyncio.create_task(poller.poll())
    try:
        while not polling.done():
            await asyncio.wait([polling], timeout=settings.TELEGRAM_TAKEOVER_SECONDS / 4)
            await lock.reacquire()
        polling.result()
    finally:
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)
        await _release(lock)


async def _release(lock: Lock) -> None:
    try:
        await lock.release()
    except (LockError, RedisError) as error:
        logger.info("The poller's lock was not given back (%s); it expires by itself", type(error).__name__)
