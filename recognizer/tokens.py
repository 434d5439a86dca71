"""API tokens: shown once, stored as a hash, each with scopes, an owner and a last-used time."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

MARK = "digits_"
PREFIX_LENGTH = len(MARK) + 6
LAST_USED_STEP = timedelta(minutes=1)
CLIENT_MARK = "user:"


def client_of(owner_id: int) -> str:
    """How submissions name the user who sent them with a token."""
    return f"{CLIENT_MARK}{owner_id}"


class Scope(models.TextChoices):
    """What a token may be used for."""

    PREDICT = "predict", _("Send pictures")
    READ = "read", _("Read one's own predictions")
    FEEDBACK = "feedback", _("Say what a picture really shows")


def validate_scopes(value: str) -> None:
    """Known scopes, separated by spaces, at least one. Raises ValidationError."""
    if not value.split() or not set(value.split()) <= set(Scope.values):
        raise ValidationError(_("Scopes are one or more of: %(known)s."), params={"known": ", ".join(Scope.values)})


class ApiToken(models.Model):
    """The right to use the API in its owner's name; deleting it takes the right away at once."""

    name = models.CharField(_("name"), max_length=64, help_text=_("What it is for."))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("owner"), related_name="api_tokens"
    )
    prefix = models.CharField(_("begins with"), max_length=PREFIX_LENGTH, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.CharField(_("scopes"), max_length=64, default=" ".join(Scope.values), validators=[validate_scopes])
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True, help_text=_("Empty: never."))

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created_at"]
        constraints = [models.CheckConstraint(name="api_token_scopes", condition=~Q(scopes=""))]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def client(self) -> str:
        """How submissions name this token's owner."""
        return client_of(self.owner_id)

    def allows(self, scope: str) -> bool:
        """Whether it may be used for this."""
        return scope in self.scopes.split()

    def seal(self) -> str:
        """Give it its secret, and return that: nobody can tell it again."""
        secret = fresh_secret()
        self.prefix, self.digest = secret[:PREFIX_LENGTH], digest_of(secret)
        return secret

    def touch(self) -> None:
        """Note that it was used, to the minute: not a write a request."""
        now = timezone.now()
        if self.last_used_at is None or self.last_used_at < now - LAST_USED_STEP:
            ApiToken.objects.filter(pk=self.pk).update(last_used_at=now)


def fresh_secret() -> str:
    """256 random bits; the mark lets secret scanners recognise a leaked one."""
    return MARK + secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """What is stored of a token: it is random and long, so a plain hash cannot be guessed back."""
    return hashlib.sha256(secret.encode()).hexdigest()


def create_token(
    *, owner: User, name: str, scopes: str = " ".join(Scope.values), expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """A new token and its secret, which is shown once.

    Raises:
        django.core.exceptions.ValidationError: unknown scopes, or a name that is too long.
    """
    token = ApiToken(owner=owner, name=name, scopes=scopes, expires_at=expires_at)
    secret = token.seal()
    token.full_clean()
    token.save()
    return token, secret


def find_token(secret: str) -> ApiToken | None:
    """The token with this secret, unless it has expired or its owner may not sign in any more."""
    valid = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    usable = ApiToken.objects.select_related("owner").filter(valid, owner__is_active=True)
    return usable.filter(digest=digest_of(secret)).first()
