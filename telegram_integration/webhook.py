"""Taking updates from a webhook: each is answered 200 once it is stored."""

import asyncio
import logging
from urllib.parse import urlsplit

from django.conf import settings
from telegram.ext import Updater

from telegram_integration.poller import ALLOWED_UPDATES

logger = logging.getLogger(__name__)


async def listen(updater: Updater, *, host: str, port: int) -> None:
    """Tell Telegram the public address, and serve its requests until cancelled.

    A request without the right secret token is answered 403. Any number of hosts may listen behind one
    address: an update is stored by its id, so whoever gets it twice handles it once.
    """
    await updater.start_webhook(
        listen=host,
        port=port,
        url_path=urlsplit(settings.TELEGRAM_WEBHOOK_URL).path,
        webhook_url=settings.TELEGRAM_WEBHOOK_URL,
        secret_token=settings.TELEGRAM_WEBHOOK_SECRET,
        allowed_updates=ALLOWED_UPDATES,
        max_connections=100,
        bootstrap_retries=-1,
    )
    logger.info("Listening for Telegram's webhook on %s:%d", host, port)
    try:
        await asyncio.Event().wait()
    finally:
        await updater.stop()
