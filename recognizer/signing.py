"""How a webhook proves where it comes from: signatures as Standard Webhooks has them (standardwebhooks.com).

Secrets are not stored. Each is derived from the site's SECRET_KEY and a random salt in the endpoint's row, so
that neither a copy of the database nor any page tells it; a fingerprint says whether the key is still the same.
"""

import base64
import hashlib
import hmac
import secrets

from django.conf import settings
from django.utils.crypto import salted_hmac

PURPOSE = "recognizer.webhooks"
MARK = "whsec_"
SALT_LENGTH = 32


class LostSecretError(Exception):
    """The secret was derived from a SECRET_KEY that this site no longer knows."""


def fresh_salt() -> str:
    """128 random bits in hexadecimal."""
    return secrets.token_hex(SALT_LENGTH // 2)


def derive(salt: str, key: str | None = None) -> bytes:
    """The 32 bytes that belong to this salt under a key; SECRET_KEY when None."""
    return salted_hmac(PURPOSE, salt, secret=key, algorithm="sha256").digest()


def fingerprint(secret: bytes) -> str:
    """By which a secret is recognised; it does not lead back to it."""
    return hashlib.sha256(secret).hexdigest()


def recover(salt: str, expected: str) -> bytes:
    """The secret with this salt and fingerprint, by SECRET_KEY or one of SECRET_KEY_FALLBACKS.

    Raises:
        LostSecretError: none of them made it.
    """
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        secret = derive(salt, key)
        if hmac.compare_digest(fingerprint(secret), expected):
            return secret
    raise LostSecretError


def spelled(secret: bytes) -> str:
    """As a person gives it to their program, and as the libraries of Standard Webhooks take it."""
    return MARK + base64.b64encode(secret).decode()


def signature(secret: bytes, *, message_id: str, timestamp: int, body: bytes) -> str:
    """`v1,` and the HMAC-SHA256 over "id.timestamp.body" in base64; the timestamp is in Unix seconds."""
    signed = b".".join((message_id.encode(), str(timestamp).encode(), body))
    return "v1," + base64.b64encode(hmac.digest(secret, signed, "sha256")).decode()
