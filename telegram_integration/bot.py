"""The python-telegram-bot application, put together."""

import ssl
from collections.abc import Awaitable, Callable, Coroutine
from functools import lru_cache
from typing import Any

import httpx
from django.conf import settings
from redis.asyncio import Redis
from telegram import LinkPreviewOptions, Update
from telegram.constants import ParseMode
from telegram.ext import AIORateLimiter, Application, ContextTypes, Defaults
from telegram.request import HTTPXRequest

from telegram_integration import requests
from telegram_integration.answering import Answerer
from telegram_integration.backlog import Backlog
from telegram_integration.context import Context, attempt
from telegram_integration.handlers import BotApplication, add_handlers
from telegram_integration.intake import Intake
from telegram_integration.lanes import Lanes
from telegram_integration.models import ReceivedUpdate

# How many read requests one process works on at once; the rest waits in the database. With more of them under way
# each would only come later.
CONCURRENCY = 64
# Likewise of updates: few, so that in a crowd the first answers go out while the last questions are still taken in.
UPDATES = 16
CONNECTIONS = 64
MAX_FLOOD_RETRIES = 5


class FloodControl(AIORateLimiter):
    """Telegram's limits on messages; "typing..." is none, and must not use up their share."""

    async def process_request(
        self, callback: Callable[..., Coroutine[Any, Any, Any]], args: Any, kwargs: dict[str, Any], endpoint: str,
        data: dict[str, Any], rate_limit_args: int | None,
    ) -> Any:  # fmt: skip
        """Called by python-telegram-bot around each request."""
        if endpoint == "sendChatAction":
            return await callback(*args, **kwargs)
        return await super().process_request(callback, args, kwargs, endpoint, data, rate_limit_args)


def build_application() -> BotApplication:
    """The bot with its handlers and its two backlogs, as settings say; not started.

    `update_queue` is the Intake; `bot_data` holds the backlogs "updates" and "read_requests", and "redis".
    """
    intake = Intake()
    application = (
        Application.builder()
        .token(settings.TELEGRAM_BOT_TOKEN)
        .base_url(f"{settings.TELEGRAM_API_BASE_URL}/bot")
        .base_file_url(f"{settings.TELEGRAM_API_BASE_URL}/file/bot")
        .request(Lanes(_http_client, size=CONNECTIONS))
        .get_updates_request(Lanes(_http_client, size=1))
        .rate_limiter(FloodControl(overall_max_rate=settings.TELEGRAM_SENDS_PER_SECOND, max_retries=MAX_FLOOD_RETRIES))
        .defaults(_defaults())
        .context_types(ContextTypes(context=Context))
        .update_queue(intake)
        .build()
    )
    intake.backlog = Backlog(ReceivedUpdate.objects.all(), _handler(application), concurrency=UPDATES)
    answerer = Answerer(application.bot)
    application.bot_data["redis"] = Redis.from_url(settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=2)
    application.bot_data["updates"] = intake.backlog
    application.bot_data["read_requests"] = Backlog(requests.with_pictures(), answerer.answer, concurrency=CONCURRENCY)
    add_handlers(application)
    return application


def _defaults() -> Defaults:
    return Defaults(
        parse_mode=ParseMode.HTML,
        allow_sending_without_reply=True,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )


def _http_client() -> HTTPXRequest:
    """Seconds: a slow answer is awaited long, since asking twice would say everything twice."""
    return HTTPXRequest(
        connection_pool_size=1,
        connect_timeout=5,
        read_timeout=30,
        write_timeout=30,
        media_write_timeout=60,
        httpx_kwargs={"verify": _certificates()},
    )


@lru_cache(maxsize=1)
def _certificates() -> ssl.SSLContext:
    """Read once for all connections."""
    return httpx.create_ssl_context()


def _handler(application: BotApplication) -> Callable[[ReceivedUpdate], Awaitable[None]]:
    """Handling one stored update. The library hands errors to an error handler; here they come back out."""
    errors: dict[int, Exception] = {}

    async def keep_error(update: object, context: Context) -> None:
        if isinstance(update, Update) and context.error is not None:
            errors[update.update_id] = context.error

    async def handle(received: ReceivedUpdate) -> None:
        # Each update is handled in a task of its own, so it is nobody else's.
        attempt.set(received.attempts)
        update = Update.de_json(received.payload or {"update_id": received.pk}, application.bot)
        await application.process_update(update)
        if error := errors.pop(received.pk, None):
            raise error

    application.add_error_handler(keep_error)
    return handle
