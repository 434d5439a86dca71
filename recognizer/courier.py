"""The process that delivers webhooks: it claims what is due and sends it, many at a time, a few to each receiver.

A claim counts the attempt and puts the row off by a lease before anything is sent. Whoever dies in the middle
leaves a row that is due again when the lease ends: a receiver is told at least once.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TypeVar

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.db.models import F
from django.utils import timezone

from recognizer import delivery, signing
from recognizer.delivery import Message, Outcome
from recognizer.outages import Outage
from recognizer.outbox import DeliveryStatus, Problem, WebhookDelivery

logger = logging.getLogger(__name__)

T = TypeVar("T")

POLL_SECONDS = 1.0
# Attempts under way in one process; to one receiver, so that one that is slow leaves room for the others.
MAX_UNDER_WAY = 64
MAX_PER_ENDPOINT = 4
# Beyond the attempt's own time limit: what storing its outcome may take.
LEASE_MARGIN_SECONDS = 5.0
FORGET_EVERY_SECONDS = 3600.0
CHUNK = 1000


class Courier:
    """Delivers until it is asked to stop, then ends what is under way."""

    def __init__(self) -> None:
        self._stopping = asyncio.Event()
        self._finished = asyncio.Event()
        self._busy: Counter[int] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._forget_at = 0.0
        self._outage = Outage("Nobody is told of finished predictions: they wait. Look after the database")

    def stop(self) -> None:
        """Claim nothing more."""
        self._stopping.set()

    async def run(self) -> None:
        """Return after `stop`, at most one attempt's time later."""
        # A thread for each name that is being resolved: one that nobody answers for must not hold up the others.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(MAX_UNDER_WAY))
        while not self._stopping.is_set():
            try:
                claimed = await self._claim()
                self._outage.over()
            except DatabaseError as error:
                self._outage.seen(error)
                claimed = 0
            if not claimed:
                await self._pause()
        await asyncio.gather(*self._tasks)

    async def _pause(self) -> None:
        """Until somebody finished and there may be room, or until the next look."""
        self._finished.clear()
        waits = [asyncio.ensure_future(event.wait()) for event in (self._stopping, self._finished)]
        await asyncio.wait(waits, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    async def _claim(self) -> int:
        if asyncio.get_running_loop().time() >= self._forget_at:
            await _in_database(forget_old)
            self._forget_at = asyncio.get_running_loop().time() + FORGET_EVERY_SECONDS
        room = MAX_UNDER_WAY - len(self._tasks)
        claimed = await _in_database(lambda: claim(room, Counter(self._busy)))
        for row in claimed:
            self._busy[row.endpoint_id] += 1
            task = asyncio.create_task(self._deliver(row))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return len(claimed)

    async def _deliver(self, row: WebhookDelivery) -> None:
        try:
            outcome = await self._attempt(row)
            await _in_database(lambda: delivery.record(row, outcome))
            logger.info("Webhook %d, attempt %d: %s", row.endpoint_id, row.attempts, _in_words(outcome))
        except Exception:
            # Whatever it is, the others are delivered; this one is due again when its lease ends.
            logger.exception("Delivery %s broke off", row.id)
        finally:
            self._busy[row.endpoint_id] -= 1
            self._finished.set()

    async def _attempt(self, row: WebhookDelivery) -> Outcome:
        try:
            message: Message = await _in_database(lambda: delivery.compose(row))
        except signing.LostSecretError:
            return Outcome(Problem.LOST_SECRET)
        return await delivery.send(message)


def _in_words(outcome: Outcome) -> str:
    """For the log: never the URL, which may hold a receiver's own secret."""
    return f"{outcome.problem or 'delivered'} {outcome.response_status or ''}".rstrip()


async def _in_database(ask: Callable[[], T]) -> T:
    def fresh() -> T:
        close_old_connections()
        return ask()

    return await sync_to_async(fresh)()


def claim(room: int, busy: Counter[int]) -> list[WebhookDelivery]:
    """Take up to `room` of what is due, no receiver beyond MAX_PER_ENDPOINT; `busy` counts what is under way."""
    full = [endpoint_id for endpoint_id, count in busy.items() if count >= MAX_PER_ENDPOINT]
    due = (
        WebhookDelivery.objects.filter(status=DeliveryStatus.PENDING, due_at__lte=timezone.now())
        .filter(endpoint__enabled=True, endpoint__owner__is_active=True)
        .exclude(endpoint_id__in=full)
        .select_related("endpoint", "submission")
        .defer("submission__image")
        .order_by("due_at")
    )
    claimed: list[WebhookDelivery] = []
    for row in due[: room * MAX_PER_ENDPOINT]:
        if len(claimed) < room and busy[row.endpoint_id] < MAX_PER_ENDPOINT and _take(row):
            busy[row.endpoint_id] += 1
            claimed.append(row)
    return claimed


def _take(row: WebhookDelivery) -> bool:
    """Whether the row is ours for a lease; another process may have been faster."""
    if row.attempts >= settings.WEBHOOK_ATTEMPTS:
        # The last attempt was begun, and nobody lived to tell how it ended.
        delivery.record(row, Outcome(Problem.INTERRUPTED))
        return False
    lease = timedelta(seconds=settings.WEBHOOK_TIMEOUT_SECONDS + LEASE_MARGIN_SECONDS)
    mine = WebhookDelivery.objects.filter(id=row.id, status=DeliveryStatus.PENDING, due_at=row.due_at)
    if not mine.update(due_at=timezone.now() + lease, attempts=F("attempts") + 1):
        return False
    row.attempts += 1
    return True


def forget_old() -> None:
    """Delete what ended WEBHOOK_KEEP_DAYS ago, in small transactions."""
    before = timezone.now() - timedelta(days=settings.WEBHOOK_KEEP_DAYS)
    ended = WebhookDelivery.objects.filter(finished_at__lt=before).exclude(status=DeliveryStatus.PENDING)
    while ids := list(ended.values_list("id", flat=True)[:CHUNK]):
        WebhookDelivery.objects.filter(id__in=ids).delete()
