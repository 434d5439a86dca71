"""The bot's life: start with patience, serve until told to stop, finish what was accepted."""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Any

from django.db import Error as DatabaseError

from telegram_integration.backlog import Backlog
from telegram_integration.database import in_database
from telegram_integration.handlers import BotApplication
from telegram_integration.intake import delete_old_updates
from telegram_integration.poller import Backoff, persist
from telegram_integration.profile import register_profile

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 0.5
CLEAN_SECONDS = 3600
# Less than what process managers give before they kill: 15 s in `make run`.
GRACE_SECONDS = 13


async def serve(application: BotApplication, receive: Callable[[], Awaitable[None]]) -> None:
    """Run until SIGTERM or SIGINT, then answer what was accepted, for GRACE_SECONDS at most.

    Args:
        application: as `build_application` makes it.
        receive: takes updates in until it is cancelled.

    Raises:
        InvalidToken: Telegram does not know the token.
    """
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    if not await _unless_stopped(persist(application.initialize), stop):
        return
    backlogs = [application.bot_data["updates"], application.bot_data["read_requests"]]
    chores = [asyncio.create_task(chore) for chore in (_sweep_forever(backlogs), _clean_forever())]
    profile = asyncio.create_task(register_profile(application.bot))
    try:
        await _unless_stopped(_first_end([asyncio.ensure_future(receive()), *chores]), stop)
    finally:
        await _finish(backlogs)
        await _cancel([profile, *chores])
        await application.shutdown()


async def _unless_stopped(work: Awaitable[None], stop: asyncio.Event) -> bool:
    """Do the work, or break it off at the stop signal; returns whether it came to its end."""
    working, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    await asyncio.wait((working, stopping), return_when=asyncio.FIRST_COMPLETED)
    finished = working.done()
    await _cancel([working, stopping])
    if finished:
        working.result()
    return finished


async def _first_end(tasks: list[asyncio.Future[None]]) -> None:
    """None of these ends but by an error: raise the first one."""
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        done.pop().result()
    finally:
        await _cancel(tasks[:1])


async def _cancel(tasks: Iterable[asyncio.Future[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _finish(backlogs: list[Backlog[Any]]) -> None:
    logger.info("Stopping: no new updates are taken; what was accepted is answered")
    with suppress(TimeoutError, DatabaseError):
        async with asyncio.timeout(GRACE_SECONDS):
            for backlog in backlogs:
                await backlog.drain()
    for backlog in backlogs:
        with suppress(DatabaseError):
            await backlog.abandon()
    logger.info("Stopped")


async def _sweep_forever(backlogs: list[Backlog[Any]]) -> None:
    backoff = Backoff()
    while True:
        try:
            for backlog in backlogs:
                await backlog.sweep()
            backoff.reset()
            await asyncio.sleep(SWEEP_SECONDS)
        except DatabaseError as error:
            await backoff.pause(f"The database does not answer ({type(error).__name__}: {error})")


async def _clean_forever() -> None:
    while True:
        with suppress(DatabaseError):
            await in_database(delete_old_updates)()
        await asyncio.sleep(CLEAN_SECONDS)
