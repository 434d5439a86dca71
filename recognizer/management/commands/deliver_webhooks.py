"""`manage.py deliver_webhooks`: the process that tells receivers of finished predictions."""

import asyncio
import signal
from typing import Any

from django.core.checks import Tags
from django.core.management.base import BaseCommand

from recognizer.courier import Courier


class Command(BaseCommand):
    """Several may run, on several hosts: each row is claimed by one of them."""

    # Not the site's URLs: it needs no views, and starts sooner without them.
    requires_system_checks = [Tags.models, Tags.database]
    help = "Deliver webhooks until SIGTERM or Ctrl-C; `make run` starts it."

    def handle(self, *args: Any, **options: Any) -> None:
        asyncio.run(deliver())


async def deliver() -> None:
    """Until a signal asks to stop."""
    courier = Courier()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, courier.stop)
    await courier.run()
