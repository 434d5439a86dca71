"""Letting go: what nobody reviewed after a time, and what somebody asks to have erased.

Deleting a submission deletes its picture, readings, feedback, decisions and reservation with it: they hang on
its row, or are in it. Exported copies of it are deleted, too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone

from recognizer import exports
from recognizer.models import Feedback, Submission, SubmissionQuerySet

CHUNK = 500

client_forgotten = Signal()
"""Sent with `client` and `channel` (None: any): whatever else an app keeps of them goes now.

A receiver returns in a sentence what it erased, or None when it knew nothing of them.
"""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much of a client was erased: submissions, hints on those of others, and what other apps say."""

    submissions: int
    hints: int
    elsewhere: tuple[str, ...]


def erase(*, submission_ids: Iterable[UUID]) -> int:
    """Erase these submissions and all that hangs on them; returns how many there were."""
    ids, erased = iter(submission_ids), 0
    while chunk := list(islice(ids, CHUNK)):
        erased += _delete(chunk)
    return erased


def forget_client(*, client: str, channel: str | None = None) -> Forgotten:
    """`erase_client`, and have the other apps erase what they keep of the client. Raises ValueError as it does."""
    submissions, hints = erase_client(client=client, channel=channel)
    answers = client_forgotten.send(sender=forget_client, client=client, channel=channel)
    return Forgotten(submissions, hints, tuple(sentence for _, sentence in answers if sentence))


def erase_client(*, client: str, channel: str | None = None) -> tuple[int, int]:
    """Erase all that a client sent, and their feedback on anything.

    Args:
        client: as the channel knows them; not empty, for that is everybody unknown.
        channel: only what came this way; None: whichever way.

    Returns:
        How many submissions, and how many further hints on the submissions of others.

    Raises:
        ValueError: the client is empty.
    """
    if not client:
        raise ValueError("An empty client is everybody who is unknown, nobody in particular.")
    sent, said = Submission.objects.filter(client=client), Feedback.objects.filter(client=client)
    if channel is not None:
        sent, said = sent.filter(channel=channel), said.filter(submission__channel=channel)
    erased = erase(submission_ids=list(sent.values_list("id", flat=True)))
    return erased, said.delete()[0]


def expired(*, days: int | None = None) -> SubmissionQuerySet:
    """What nobody reviewed within so many days (RETENTION_DAYS when None), the oldest first; 0 keeps all."""
    age = settings.RETENTION_DAYS if days is None else days
    if not age:
        return Submission.objects.none()
    return Submission.objects.filter(label=None, created_at__lt=timezone.now() - timedelta(days=age)).order_by(
        "created_at"
    )


def purge(*, days: int | None = None) -> int:
    """Erase up to CHUNK expired submissions; returns how many. Fewer than CHUNK: none is left."""
    return _delete(expired(days=days).values_list("id", flat=True)[:CHUNK], label=None)


def _delete(ids: Iterable[UUID], **only: None) -> int:
    """One transaction. The rows are locked first, so that none is labelled between look and deletion."""
    with transaction.atomic():
        rows = Submission.objects.filter(id__in=list(ids), **only).order_by("id").select_for_update()
        locked = list(rows.values_list("id", flat=True))
        deleted = Submission.objects.filter(id__in=locked).only("id").delete()
    exports.forget(locked)
    return deleted[1].get(Submission._meta.label, 0)
