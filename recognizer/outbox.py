"""What is still to be told, and what became of it.

A delivery is a row, written in the transaction that finishes the submission: the row is the outbox (ADR 1). A
process of its own sends what is due (`recognizer.courier`), so no worker ever waits for a receiver.
"""

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from recognizer.tokens import CLIENT_MARK
from recognizer.webhooks import Event, WebhookEndpoint

if TYPE_CHECKING:
    from recognizer.models import Submission


class DeliveryStatus(models.TextChoices):
    """pending -> delivered | given up; only a person leads back to pending."""

    PENDING = "pending", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    GIVEN_UP = "given_up", _("Given up")


class Problem(models.TextChoices):
    """Why the last attempt failed."""

    REFUSED = "refused", _("The receiver did not answer with 2xx.")
    REDIRECTED = "redirected", _("The receiver answered with a redirect; none is followed: say the final URL.")
    GONE = "gone", _("The receiver answered 410 Gone; the webhook was switched off.")
    TIMEOUT = "timeout", _("The receiver took too long.")
    UNREACHABLE = "unreachable", _("No connection, or the receiver broke it off.")
    TLS = "tls", _("The receiver's certificate is not valid for its name.")
    UNRESOLVED = "unresolved", _("The name has no address.")
    INTERNAL = "internal", _("The name leads into this network; WEBHOOK_ALLOWED_NETWORKS can allow it.")
    BAD_URL = "bad_url", _("No webhook can go to this URL.")
    LOST_SECRET = "lost_secret", _("SECRET_KEY was changed: make a new secret for this webhook.")
    INTERRUPTED = "interrupted", _("The last attempt was interrupted.")


class WebhookDelivery(models.Model):
    """One thing to tell one receiver; its id stays the same however often it is tried."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    endpoint = models.ForeignKey(WebhookEndpoint, models.CASCADE, related_name="deliveries", verbose_name=_("webhook"))
    # Null in a test. What is erased is told to nobody any more.
    submission = models.ForeignKey(
        "recognizer.Submission",
        models.CASCADE,
        null=True,
        related_name="deliveries",
        verbose_name=_("submission"),
        db_index=False,
    )
    event = models.CharField(_("event"), max_length=32, choices=Event)
    status = models.CharField(_("status"), max_length=16, choices=DeliveryStatus, default=DeliveryStatus.PENDING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    # While one process tries it, this lies ahead by a lease: if that process dies, it is due again.
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    response_status = models.PositiveSmallIntegerField(_("answer"), null=True)
    problem = models.CharField(_("problem"), max_length=16, choices=Problem, blank=True)
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, editable=False)

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["due_at"], name="delivery_due", condition=Q(status="pending")),
            models.Index(fields=["-created_at"], name="delivery_newest"),
            models.Index(fields=["finished_at"], name="delivery_finished", condition=~Q(status="pending")),
        ]
        constraints = [
            models.UniqueConstraint(name="delivery_once", fields=["submission", "endpoint"]),
            models.CheckConstraint(name="delivery_status", condition=Q(status__in=DeliveryStatus.values)),
            models.CheckConstraint(
                name="delivery_of_submission_or_test",
                condition=Q(event="test", submission=None) | (~Q(event="test") & Q(submission__isnull=False)),
            ),
            models.CheckConstraint(
                name="delivery_finished_unless_pending",
                condition=Q(status="pending", finished_at=None)
                | (~Q(status="pending") & Q(finished_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


def announce(finished: "Iterable[Submission]") -> None:
    """Note whom to tell of these, in the transaction that finishes them. Costs nothing for anonymous ones."""
    owned = [row for row in finished if row.client.startswith(CLIENT_MARK)]
    if not owned:
        return
    owners = {int(row.client.removeprefix(CLIENT_MARK)) for row in owned}
    endpoints = WebhookEndpoint.objects.filter(owner_id__in=owners, owner__is_active=True, enabled=True)
    listening = list(endpoints.only("id", "owner_id", "events"))
    WebhookDelivery.objects.bulk_create(
        WebhookDelivery(endpoint=endpoint, submission=row, event=event)
        for row in owned
        for event in [f"prediction.{row.status}"]
        for endpoint in listening
        if endpoint.client == row.client and endpoint.wants(event)
    )


def announce_test(endpoint: WebhookEndpoint) -> WebhookDelivery:
    """Have it told that somebody tries it."""
    return WebhookDelivery.objects.create(endpoint=endpoint, event=Event.TEST)
