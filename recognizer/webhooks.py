"""Webhooks: who is told of finished predictions, at which URL, signed with which secret."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from recognizer import destinations, signing
from recognizer.tokens import client_of

MAX_URL_LENGTH = 500
# For so long a receiver that knows only the old secret is still believed to come to know the new one.
OVERLAP = timedelta(hours=24)


class Event(models.TextChoices):
    """What a receiver can be told of."""

    DONE = "prediction.done", _("A picture was read")
    FAILED = "prediction.failed", _("A picture could not be read")
    TEST = "test", _("Somebody tries the webhook")


SUBSCRIBABLE = [Event.DONE, Event.FAILED]


def validate_events(value: str) -> None:
    """Known events, separated by spaces, at least one. Raises ValidationError."""
    if not value.split() or not set(value.split()) <= set(SUBSCRIBABLE):
        raise ValidationError(_("Events are one or more of: %(known)s."), params={"known": ", ".join(SUBSCRIBABLE)})


def validate_url(value: str) -> None:
    """A URL that a webhook can go to, as far as that shows without resolving its name. Raises ValidationError."""
    try:
        destinations.refuse_literal(destinations.parse(value))
    except destinations.BadUrlError as error:
        raise ValidationError(str(error)) from error
    except destinations.InternalError as error:
        raise ValidationError(
            _("This address is inside this network; WEBHOOK_ALLOWED_NETWORKS can allow it.")
        ) from error


class WebhookEndpoint(models.Model):
    """A receiver that its owner wants to be told at."""

    name = models.CharField(_("name"), max_length=64, help_text=_("What it is for."))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        verbose_name=_("owner"),
        related_name="webhooks",
        help_text=_("Told is what is sent with the API tokens of this user."),
    )
    url = models.CharField(_("URL"), max_length=MAX_URL_LENGTH, validators=[validate_url])
    events = models.CharField(_("events"), max_length=64, default=" ".join(SUBSCRIBABLE), validators=[validate_events])
    enabled = models.BooleanField(_("enabled"), default=True, help_text=_("Off: nothing is sent, nothing is noted."))
    salt = models.CharField(max_length=signing.SALT_LENGTH, editable=False)
    fingerprint = models.CharField(max_length=64, editable=False)
    previous_salt = models.CharField(max_length=signing.SALT_LENGTH, blank=True, editable=False)
    previous_fingerprint = models.CharField(max_length=64, blank=True, editable=False)
    sealed_at = models.DateTimeField(_("secret made"), default=timezone.now, editable=False)
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(name="webhook_events", condition=~Q(events="")),
            models.CheckConstraint(name="webhook_sealed", condition=~Q(salt="") & ~Q(fingerprint="")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def client(self) -> str:
        """How submissions name this endpoint's owner."""
        return client_of(self.owner_id)

    def wants(self, event: str) -> bool:
        """Whether it is to be told of this."""
        return event in self.events.split()

    def seal(self) -> str:
        """Give it a new secret, and return that: it is not shown again. The old one goes on signing for OVERLAP."""
        secret_salt = signing.fresh_salt()
        secret = signing.derive(secret_salt)
        self.previous_salt, self.previous_fingerprint = self.salt, self.fingerprint
        self.salt, self.fingerprint, self.sealed_at = secret_salt, signing.fingerprint(secret), timezone.now()
        return signing.spelled(secret)

    def secrets(self) -> list[bytes]:
        """What to sign with: the secret, and for a time the one before it.

        Raises:
            signing.LostSecretError: SECRET_KEY is another now; the endpoint needs a new secret.
        """
        current = signing.recover(self.salt, self.fingerprint)
        if not self.previous_salt or timezone.now() > self.sealed_at + OVERLAP:
            return [current]
        try:
            return [current, signing.recover(self.previous_salt, self.previous_fingerprint)]
        except signing.LostSecretError:
            return [current]


def create_webhook(
    *, owner: User, url: str, name: str, events: str = " ".join(SUBSCRIBABLE)
) -> tuple[WebhookEndpoint, str]:
    """A new endpoint and its secret, which is shown once.

    Raises:
        django.core.exceptions.ValidationError: a URL that no webhook can go to, unknown events, a long name.
    """
    endpoint = WebhookEndpoint(owner=owner, url=url, name=name, events=events)
    secret = endpoint.seal()
    endpoint.full_clean()
    endpoint.save()
    return endpoint, secret
