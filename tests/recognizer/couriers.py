"""The process that delivers webhooks, and what it is given to deliver."""

import sys
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User

from recognizer.models import Status, Submission, WebhookDelivery, WebhookEndpoint
from recognizer.outbox import announce
from recognizer.webhooks import create_webhook
from tests import factories
from tests.processes import Process, wait_until

# Attempts are short and soon repeated; loopback is allowed, which it is not by default.
ENV = {
    "WEBHOOK_ALLOWED_NETWORKS": "127.0.0.0/8,::1",
    "WEBHOOK_ALLOW_HTTP": "1",
    "WEBHOOK_TIMEOUT_SECONDS": "1",
    "WEBHOOK_RETRY_SECONDS": "0.05",
    "WEBHOOK_ATTEMPTS": "3",
}


def new_courier(folder: Path, env: dict[str, str], **more: str) -> Process:
    """The real delivering process, not yet started; it looks for work ten times a second."""
    command = [sys.executable, "-m", "tests.recognizer.quick_courier"]
    return Process(command, log=folder / "courier.log", env=env | ENV | more)


def tell(owner: User, url: str, **options: Any) -> tuple[WebhookEndpoint, str]:
    """A webhook and its secret."""
    return create_webhook(owner=owner, url=url, name="mine", **options)


def finished(owner: User, **fields: Any) -> Submission:
    """A submission of this user that was just finished, and noted to be told."""
    row = factories.read("407", client=f"user:{owner.pk}", channel="api", **fields)
    announce([row])
    return row


def failed(owner: User) -> Submission:
    """One that could not be read."""
    row = factories.submission(
        client=f"user:{owner.pk}", channel="api", status=Status.FAILED, error_code="unreadable_image"
    )
    announce([row])
    return row


def all_end() -> list[WebhookDelivery]:
    """All deliveries, once none is pending."""
    wait_until(lambda: not WebhookDelivery.objects.filter(status="pending").exists(), what="every delivery to end")
    return list(WebhookDelivery.objects.order_by("created_at"))
