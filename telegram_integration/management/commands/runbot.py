"""`manage.py runbot`: the Telegram bot."""

import asyncio
import logging
import os
import re
import sys
from argparse import ArgumentParser
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings
from django.core.checks import Tags
from django.core.management.base import BaseCommand, CommandError
from redis.asyncio import Redis
from telegram.error import InvalidToken

from telegram_integration.bot import build_application
from telegram_integration.handlers import BotApplication
from telegram_integration.intake import Intake
from telegram_integration.lifecycle import serve
from telegram_integration.poller import Poller, poll_alone
from telegram_integration.webhook import listen

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Answers photos sent to the bot until SIGTERM or Ctrl-C."""

    # Not the site's URLs: the bot needs no views, and starts sooner without them.
    requires_system_checks = [Tags.models, Tags.database]
    help = "Run the Telegram bot: by polling, or with --webhook."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Polling needs no argument."""
        parser.add_argument(
            "--webhook", action="store_true", help="take updates at TELEGRAM_WEBHOOK_URL instead of polling"
        )
        parser.add_argument("--host", default="127.0.0.1", help="where the webhook listens")
        parser.add_argument("--port", type=int, default=8443, help="where the webhook listens")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exits with EX_CONFIG and one sentence when the settings or the token are no good."""
        if problem := _problem(webhook=options["webhook"]):
            raise CommandError(problem, returncode=os.EX_CONFIG)
        try:
            asyncio.run(_run(options))
        except InvalidToken:
            # Not chained: the library's message quotes the token.
            raise CommandError(
                "Telegram refused the token (401). Put the one that @BotFather gave you in TELEGRAM_BOT_TOKEN.",
                returncode=os.EX_CONFIG,
            ) from None
        except Exception:
            logger.exception("The bot stopped by a defect")
            sys.exit(1)


def _problem(*, webhook: bool) -> str:
    """What is wrong with the settings, in a sentence; "" when nothing is."""
    needed = ["TELEGRAM_BOT_TOKEN"]
    if webhook:
        needed += ["TELEGRAM_WEBHOOK_URL", "TELEGRAM_WEBHOOK_SECRET"]
    if missing := " and ".join(name for name in needed if not getattr(settings, name)):
        return f"Set {missing} to run the bot; see .env.example."
    if webhook and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", settings.TELEGRAM_WEBHOOK_SECRET):
        return "TELEGRAM_WEBHOOK_SECRET takes 1 to 256 letters, figures, _ and -, says Telegram."
    return ""


async def _run(options: dict[str, Any]) -> None:
    application = build_application()
    receive = _webhook(application, options) if options["webhook"] else _polling(application)
    await serve(application, receive)


def _webhook(application: BotApplication, options: dict[str, Any]) -> Callable[[], Awaitable[None]]:
    assert application.updater is not None
    updater = application.updater
    return lambda: listen(updater, host=options["host"], port=options["port"])


def _polling(application: BotApplication) -> Callable[[], Awaitable[None]]:
    assert isinstance(application.update_queue, Intake)
    redis: Redis = application.bot_data["redis"]
    name = f"{settings.REDIS_KEY_PREFIX}telegram:poller:{application.bot.token.partition(':')[0]}"
    lock = redis.lock(name, timeout=settings.TELEGRAM_TAKEOVER_SECONDS, sleep=0.5)
    poller = Poller(application.bot, application.update_queue)
    return lambda: poll_alone(lock, poller)
