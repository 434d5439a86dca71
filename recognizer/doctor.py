"""What `manage.py doctor` looks at: each part of the service, and what to do where one is not well."""

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import redis
from django.conf import settings
from django.core.checks import run_checks
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Min
from django.utils import timezone

from recognizer import dispatch, registry
from recognizer.models import Status, Submission
from recognizer.outbox import DeliveryStatus, WebhookDelivery
from recognizer.versions import Role

WORKER_SECONDS = 5.0
FREE_BYTES = 2**30
CLOCK_SECONDS = 2.0
QUEUE_SECONDS = 60.0
A_DAY = timedelta(days=1)
THIS_MACHINE = {"localhost", "127.0.0.1", "[::1]"}
SEE_EXAMPLE = ".env.example says what each variable does; HTTPS=1 sets most of them."


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `advice` says what to do when it is not well."""

    well: bool
    what: str
    advice: str = ""


def examine() -> Iterator[Finding]:
    """Everything, in an order in which what comes first explains what comes later."""
    for look in LOOKS:
        try:
            yield from look()
        except DatabaseError as error:
            yield Finding(False, f"Database: {_first_line(error)}", "Is it running, and is DATABASE_URL right?")
        except redis.RedisError as error:
            yield Finding(False, f"Redis: {_first_line(error)}", "Is it running, and is REDIS_URL right?")


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


def look_at_settings() -> Iterator[Finding]:
    """What `manage.py check` says; with `--deploy` where others than this machine may call."""
    exposed = bool(set(settings.ALLOWED_HOSTS) - THIS_MACHINE)
    problems = [found for found in run_checks(include_deployment_checks=exposed) if not found.is_silenced()]
    for found in problems:
        yield Finding(False, f"Settings: {found.id} {found.msg.partition('. ')[0]}", found.hint or SEE_EXAMPLE)
    if not problems:
        yield Finding(True, "Settings pass every check")


def look_at_database() -> Iterator[Finding]:
    """It answers, and its tables are those of this version."""
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        yield Finding(False, f"Database: {len(missing)} migrations are missing", "Run manage.py migrate.")
    else:
        yield Finding(True, f"Database ({connection.vendor}) answers and is up to date")


def look_at_redis() -> Iterator[Finding]:
    """It answers, throws no queued work away, and agrees about the time."""
    client = dispatch.redis_client()
    policy = str(dict(client.config_get("maxmemory-policy")).get("maxmemory-policy", "unknown"))
    well = policy in ("noeviction", "unknown")
    yield Finding(well, f"Redis answers, maxmemory-policy is {policy}", "Set it to noeviction, or work is lost.")
    seconds, microseconds = client.time()
    apart = abs(time.time() - (int(seconds) + int(microseconds) / 1e6))
    yield Finding(apart < CLOCK_SECONDS, f"Clocks are {apart:.1f} s apart", "Let NTP set the clocks of all hosts.")


def look_at_model() -> Iterator[Finding]:
    """The live version's file is there and is the one that was registered."""
    version = registry.current(Role.LIVE)
    if version is None:
        yield Finding(False, "Model: no version is live", "Run manage.py migrate, or models promote VERSION.")
        return
    try:
        registry.check(version)
    except registry.RegistryError as error:
        yield Finding(False, f"Model: {error}", "Restore the file, or manage.py models rollback.")
    else:
        yield Finding(True, f"Model {version.version} is live and its hash is right")


def look_at_worker() -> Iterator[Finding]:
    """One reads: it answers a real task."""
    began = time.perf_counter()
    well = dispatch.worker_answers(timeout=WORKER_SECONDS)
    took = (time.perf_counter() - began) * 1000
    what = f"A worker answers, after {took:.0f} ms" if well else f"No worker answers within {WORKER_SECONDS:g} s"
    yield Finding(well, what, "Is one running, and is it busy? Its log says why it does not take work.")


def look_at_sweeper() -> Iterator[Finding]:
    """It looked lately."""
    swept_at = dispatch.last_sweep()
    late = swept_at is None or time.time() - swept_at > 3 * settings.SWEEP_SECONDS + WORKER_SECONDS
    ago = "never" if swept_at is None else f"{max(0.0, time.time() - swept_at):.0f} s ago"
    yield Finding(
        not late, f"The sweeper looked {ago}", "Every worker sweeps: is one running? Its log says why it does not."
    )


def look_at_queue() -> Iterator[Finding]:
    """Nothing waits for long."""
    queued = Submission.objects.filter(status=Status.QUEUED).order_by()
    oldest = queued.aggregate(oldest=Min("created_at"))["oldest"]
    age = (timezone.now() - oldest).total_seconds() if oldest else 0.0
    what = f"{queued.count()} submissions wait, the oldest for {age:.0f} s"
    yield Finding(age < QUEUE_SECONDS, what, "Start more workers (WORKER_CONCURRENCY), or see why they do not read.")


def look_at_webhooks() -> Iterator[Finding]:
    """None waits that is due, and none was given up lately."""
    due = WebhookDelivery.objects.filter(status=DeliveryStatus.PENDING, endpoint__enabled=True).order_by()
    oldest = due.aggregate(oldest=Min("due_at"))["oldest"]
    late = max(0.0, (timezone.now() - oldest).total_seconds()) if oldest else 0.0
    what = f"{due.count()} webhook deliveries wait, {late:.0f} s beyond their time"
    yield Finding(late < QUEUE_SECONDS, what, "Is `manage.py deliver_webhooks` running? Its log says more.")
    given_up = WebhookDelivery.objects.filter(status=DeliveryStatus.GIVEN_UP, finished_at__gt=timezone.now() - A_DAY)
    count = given_up.count()
    advice = "See webhook deliveries in the admin: each says why, and can be delivered again."
    yield Finding(not count, f"{count} webhook deliveries were given up since yesterday", advice)


def look_at_files() -> Iterator[Finding]:
    """Static files are gathered, and there is room on the disk."""
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not settings.DEBUG and "Manifest" in settings.STORAGES["staticfiles"]["BACKEND"]:
        yield Finding(manifest.exists(), "Static files are gathered", "Run manage.py collectstatic.")
    free = shutil.disk_usage(settings.BASE_DIR).free
    yield Finding(
        free > FREE_BYTES, f"{free / 2**30:.1f} GB are free on the disk", "Make room, or run manage.py purge."
    )


LOOKS: list[Callable[[], Iterator[Finding]]] = [
    look_at_settings,
    look_at_database,
    look_at_redis,
    look_at_model,
    look_at_worker,
    look_at_sweeper,
    look_at_queue,
    look_at_webhooks,
    look_at_files,
]
