"""Who calls the API, and what they may: a token, or nobody in particular."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from recognizer import limits
from recognizer.models import Channel
from recognizer.plain import PlainRequest
from recognizer.tokens import ApiToken, find_token

# Looking something up is that much cheaper than reading a picture.
READS_PER_PREDICTION = 10


class MissingScope(exceptions.APIException):
    """The token is good, but not for this."""

    status_code = 403
    default_code = "insufficient_scope"


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer digits_…`; other schemes belong to a proxy in front and are left to it."""

    def authenticate(self, request: Request | PlainRequest) -> tuple[User, ApiToken] | None:
        """The token's owner and the token; None without one.

        Raises:
            rest_framework.exceptions.AuthenticationFailed: no such token, or one that has expired.
        """
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = find_token(secret.strip())
        if token is None:
            raise exceptions.AuthenticationFailed("This token is unknown or has expired.", code="invalid_token")
        token.touch()
        return token.owner, token

    def authenticate_header(self, request: Request) -> str:
        """The challenge of a 401."""
        return 'Bearer realm="api"'


@dataclass(frozen=True, slots=True)
class Caller:
    """One who calls. `client` is what submissions name them by, "" for nobody in particular; `key` tells them apart
    for limits and idempotency keys."""

    client: str
    key: str
    rate: limits.Rate


def caller_of(request: Request | PlainRequest) -> Caller:
    """Who sent this request."""
    if isinstance(request.auth, ApiToken):
        return Caller(request.auth.client, f"token:{request.auth.pk}", limits.Rate(*settings.RATE_LIMIT_TOKEN))
    key = limits.address_key(request.META.get("REMOTE_ADDR", ""))
    return Caller("", key, limits.Rate(*settings.RATE_LIMIT_ANONYMOUS))


def check_scope(request: Request | PlainRequest, scope: str) -> None:
    """Whether the caller may do what needs this scope.

    Raises:
        MissingScope: the token does not hold it.
        rest_framework.exceptions.NotAuthenticated: a token is needed and there is none.
    """
    if isinstance(request.auth, ApiToken):
        if not request.auth.allows(scope):
            raise MissingScope(f'This token lacks the scope "{scope}".')
    elif not settings.ANONYMOUS_API_ENABLED and not from_page(request):
        raise exceptions.NotAuthenticated("A token is needed here: Authorization: Bearer …")


def from_page(request: Request | PlainRequest) -> bool:
    """Whether this site's own page sends it: browsers set `Sec-Fetch-Site` themselves, and no page can forge it."""
    says_so = request.headers.get("X-Channel") == Channel.WEB
    return says_so and request.headers.get("Sec-Fetch-Site") == "same-origin"


def spend(caller: Caller, *, cost: int) -> limits.Allowance | None:
    """Take so many pictures from the caller's allowance; 0 takes one look-up from an allowance of its own.

    Raises:
        rest_framework.exceptions.Throttled: nothing is left; it says when there will be.
    """
    if not settings.RATE_LIMIT_ENABLED:
        return None
    name, rate = ("pictures", caller.rate) if cost else ("requests", caller.rate.times(READS_PER_PREDICTION))
    allowance = limits.limiter().spend(name=name, caller=caller.key, rate=rate, cost=cost or 1)
    if allowance and not allowance.allowed:
        raise TooMany(allowance)
    return allowance


class TooMany(exceptions.Throttled):
    """The caller's allowance is used up."""

    def __init__(self, allowance: limits.Allowance) -> None:
        super().__init__(wait=allowance.retry_after)
        self.headers: dict[str, Any] = allowance.headers
