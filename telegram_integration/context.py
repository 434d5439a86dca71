"""What handlers find at hand."""

from contextlib import suppress
from contextvars import ContextVar

from redis.asyncio import Redis
from telegram import CallbackQuery, Message, Update, User
from telegram.error import BadRequest
from telegram.ext import CallbackContext, ExtBot

from telegram_integration import people
from telegram_integration.backlog import Backlog
from telegram_integration.database import in_database
from telegram_integration.models import Person, ReadRequest

Data = dict[object, object]

attempt: ContextVar[int] = ContextVar("attempt", default=1)
"""How many times the update that is being handled was begun, this time included."""


class Context(CallbackContext[ExtBot[None], Data, Data, Data]):
    """The library's context with the bot's own backlog."""

    @property
    def read_requests(self) -> Backlog[ReadRequest]:
        """Where a stored request is set to work."""
        backlog = self.application.bot_data["read_requests"]
        assert isinstance(backlog, Backlog)
        return backlog

    @property
    def redis(self) -> Redis:
        """A connection pool of this process."""
        redis = self.application.bot_data["redis"]
        assert isinstance(redis, Redis)
        return redis


def message_and_user(update: Update) -> tuple[Message, User]:
    """Of an update that a message handler's filter let pass."""
    assert update.effective_message is not None
    assert update.effective_user is not None
    return update.effective_message, update.effective_user


async def person_of(update: Update) -> Person:
    """Who sent it."""
    assert update.effective_user is not None
    return await in_database(people.find)(update.effective_user)


async def answer_press(query: CallbackQuery, text: str = "", *, alert: bool = False) -> None:
    """End the wait at the button that was pressed, with a word or without."""
    # Refused when the press is older than Telegram waits for an answer.
    with suppress(BadRequest):
        await query.answer(text or None, show_alert=alert)
