"""Where updates enter: stored by their id first, handled after, whichever way Telegram brings them."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone
from telegram import Update

from telegram_integration.backlog import Backlog
from telegram_integration.database import in_database
from telegram_integration.models import ReceivedUpdate

REMEMBERED = timedelta(days=3)


class Intake(asyncio.Queue[object]):
    """What python-telegram-bot takes for its queue of updates: putting one in returns once it is stored.

    Only then does the poller confirm it to Telegram, or the webhook answer 200.
    """

    backlog: Backlog[ReceivedUpdate]

    async def put(self, item: object) -> None:
        """Store an update; anything else is the application's own signal."""
        if isinstance(item, Update):
            await self.accept([item])
        else:
            await super().put(item)

    async def accept(self, updates: Sequence[Update]) -> None:
        """Store these updates in one transaction, and start on those that were not known before."""
        rows = [
            {"update_id": update.update_id, "user_id": _sender(update), "payload": update.to_dict()}
            for update in updates
        ]
        for update_id in await in_database(store)(rows):
            self.backlog.start(update_id)


def store(rows: list[dict[str, Any]]) -> list[int]:
    """Insert what is not there yet; returns the ids that were not."""
    ids = [row["update_id"] for row in rows]
    known = set(ReceivedUpdate.objects.filter(pk__in=ids).values_list("pk", flat=True))
    ReceivedUpdate.objects.bulk_create((ReceivedUpdate(**row) for row in rows), ignore_conflicts=True)
    return [update_id for update_id in ids if update_id not in known]


def _sender(update: Update) -> int | None:
    return update.effective_user.id if update.effective_user else None


def delete_old_updates() -> None:
    """Delete the ids that Telegram cannot repeat any more: it keeps an update for a day."""
    ReceivedUpdate.objects.filter(done_at__lt=timezone.now() - REMEMBERED).delete()
