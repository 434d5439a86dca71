"""`Idempotency-Key`: the same request sent again gets the submission that the first one made."""

import hashlib
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from rest_framework import exceptions

from recognizer import services
from recognizer.models import Channel, IdempotencyKey, Submission

MAX_KEY_LENGTH = 255


class KeyReused(exceptions.APIException):
    """The key came before, with something else."""

    status_code = 422
    default_code = "idempotency_key_reused"
    default_detail = "This Idempotency-Key was used before with another picture or other options."


@dataclass(frozen=True, slots=True)
class Key:
    """What the client sent, and who it is: two clients may use the same key."""

    value: str
    caller: str

    def digest(self, part: int = 0) -> str:
        """SHA-256 in hex; each part of a batch has its own."""
        return hashlib.sha256(f"{self.caller}\n{part}\n{self.value}".encode()).hexdigest()


def key_from(header: str | None, *, caller: str) -> Key | None:
    """The key in the header, None without one.

    Raises:
        rest_framework.exceptions.ParseError: it is empty, too long, or not printable ASCII.
    """
    if header is None:
        return None
    if not 0 < len(header) <= MAX_KEY_LENGTH or not (header.isascii() and header.isprintable()):
        raise exceptions.ParseError(f"An Idempotency-Key has 1 to {MAX_KEY_LENGTH} printable ASCII characters.")
    return Key(header, caller)


def submit_once(
    *, digest: str, image: bytes, channel: Channel | str, client: str, digits: int | None
) -> tuple[Submission, bool]:
    """`services.submit`, unless this key made a submission before; the flag says whether it is new.

    Two at once: the unique digest lets one of them store its row, and the other finds it.

    Raises:
        KeyReused: it did, of another picture or with other options.
        ml.decoding.ImageError: as `services.submit`.
    """
    request_sha256 = hashlib.sha256(f"{digits}\n".encode() + image).hexdigest()
    if stored := _find(digest, request_sha256):
        return stored, False
    try:
        with transaction.atomic():
            submission = services.submit(image=image, channel=channel, client=client, digits=digits)
            IdempotencyKey.objects.create(submission=submission, digest=digest, request_sha256=request_sha256)
    except IntegrityError:
        if stored := _find(digest, request_sha256):
            return stored, False
        raise
    return submission, True


def _find(digest: str, request_sha256: str) -> Submission | None:
    key = IdempotencyKey.objects.filter(digest=digest).first()
    if key is None:
        return None
    if key.request_sha256 != request_sha256:
        raise KeyReused
    return Submission.objects.defer("image").get(id=key.submission_id)
