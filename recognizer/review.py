"""The review desk: which submission to look at next, for whom, and decisions on one or on many."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from enum import Enum
from itertools import islice
from typing import Literal
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from recognizer import services, usefulness
from recognizer.models import MAX_LABEL_LENGTH, Reservation, Review, Submission, SubmissionQuerySet

RESERVED_FOR = timedelta(minutes=5)
CHUNK = 200
# Two reviewers may pick the same pictures at the same moment; whoever loses picks again.
MAX_PICKS = 5
MAX_WAITING = 1000


class FromReading(Enum):
    """A label that is not the same for all: what the live model read."""

    READING = "reading"


READING: Literal[FromReading.READING] = FromReading.READING
Label = str | None | FromReading


class Conflict(Exception):  # noqa: N818
    """Somebody else decided on it meanwhile; their decision stands."""


def queue() -> SubmissionQuerySet:
    """What waits for review, the most useful first."""
    return Submission.objects.filter(usefulness__isnull=False).order_by("-usefulness")


def waiting() -> int:
    """How many wait for review, counted up to MAX_WAITING."""
    return queue().order_by()[:MAX_WAITING].count()


def take(*, reviewer: User, count: int, without: Collection[UUID] = ()) -> list[Submission]:
    """Reserve the next submissions for a reviewer for RESERVED_FOR; nobody else is given them meanwhile.

    Args:
        reviewer: for whom; what they hold already is given again.
        count: how many at most.
        without: ids that they skipped or have before them.

    Returns:
        Submissions without their picture, the most useful first; fewer than `count` when no more wait.
    """
    Reservation.objects.filter(expires_at__lt=timezone.now()).delete()
    for _ in range(MAX_PICKS):
        ids = _pick(reviewer, count, without)
        mine = hold(ids, reviewer)
        if mine or not ids:
            break
    held = Submission.objects.defer("image").prefetch_related("predictions", "feedback")
    return sorted(held.filter(id__in=mine), key=lambda row: -(row.usefulness or 0))


def _pick(reviewer: User, count: int, without: Collection[UUID]) -> list[UUID]:
    free = queue().exclude(id__in=list(without)) if without else queue()
    others = Reservation.objects.exclude(reviewer=reviewer).values_list("submission_id", flat=True)
    return list(free.exclude(id__in=list(others)).values_list("id", flat=True)[:count])


def hold(ids: Sequence[UUID], reviewer: User) -> list[UUID]:
    """Reserve what is free among the ids; returns those that are this reviewer's now."""
    expires_at = timezone.now() + RESERVED_FOR
    Reservation.objects.bulk_create(
        [Reservation(submission_id=row, reviewer=reviewer, expires_at=expires_at) for row in sorted(ids)],
        update_conflicts=True,
        unique_fields=["submission"],
        update_fields=["expires_at"],
    )
    return list(
        Reservation.objects.filter(submission__in=ids, reviewer=reviewer).values_list("submission_id", flat=True)
    )


def release(*, submission_id: UUID, reviewer: User) -> None:
    """Let others have it."""
    Reservation.objects.filter(submission=submission_id, reviewer=reviewer).delete()


def decide(*, submission_id: UUID, label: str, reviewer: User) -> Review:
    """A reviewer's decision on a submission that has no label yet.

    Raises:
        Conflict: it has one by now.
        Submission.DoesNotExist: it was erased meanwhile.
        django.core.exceptions.ValidationError: the label holds something else than digits.
    """
    with transaction.atomic():
        submission = Submission.objects.select_for_update().defer("image").get(id=submission_id)
        if submission.label is not None:
            raise Conflict
        review = services.set_label(submission=submission, label=label, reviewer=reviewer)
        release(submission_id=submission_id, reviewer=reviewer)
    return review


def undo(*, reviewer: User, submission_id: UUID | None = None) -> Submission | None:
    """Take back a reviewer's latest decision that still stands; the history keeps both.

    Args:
        reviewer: whose decision.
        submission_id: the latest on this submission; None: on any.

    Returns:
        The submission as it is now, reserved for the reviewer; None when there is nothing to take back.

    Raises:
        Conflict: somebody changed the label since.
    """
    with transaction.atomic():
        standing = Review.objects.filter(reviewer=reviewer, undoes=None, undone_by=None)
        if submission_id is not None:
            standing = standing.filter(submission=submission_id)
        last = standing.order_by("-id").first()
        if last is None:
            return None
        submission = Submission.objects.select_for_update().defer("image").get(id=last.submission_id)
        if submission.label != last.label:
            raise Conflict
        services.set_label(submission=submission, label=last.previous_label, reviewer=reviewer, undoes=last)
        hold([submission.id], reviewer)
    return submission


def label_all(*, submission_ids: Sequence[UUID], label: Label, reviewer: User) -> int:
    """Decide on many at once, each decision kept as if made singly.

    Args:
        submission_ids: which; those without a reading are left alone when the label is READING.
        label: digits, "" for no digit, None to take labels back, READING for what was read in each.
        reviewer: who says so.

    Returns:
        How many labels changed.
    """
    ids = iter(sorted(submission_ids))
    changed = 0
    while chunk := list(islice(ids, CHUNK)):
        with transaction.atomic():
            changed += _label_chunk(chunk, label, reviewer)
    return changed


def _label_chunk(ids: Sequence[UUID], label: Label, reviewer: User) -> int:
    rows = Submission.objects.select_for_update().defer("image").prefetch_related("predictions")
    wanted = [(row, _wanted(row, label)) for row in rows.filter(id__in=ids).order_by("id")]
    changing = [(row, new) for row, new in wanted if new != row.label]
    decided_at = timezone.now()
    Review.objects.bulk_create(
        Review(submission=row, label=new, previous_label=row.label, reviewer=reviewer, created_at=decided_at)
        for row, new in changing
    )
    for row, new in changing:
        row.label, row.usefulness = new, None
        row.labelled_by, row.labelled_at = (None, None) if new is None else (reviewer, decided_at)
    changed = [row for row, _ in changing]
    Submission.objects.bulk_update(changed, ["label", "usefulness", "labelled_by", "labelled_at"])
    usefulness.refresh(row.id for row in changed if row.label is None)
    return len(changed)


def _wanted(row: Submission, label: Label) -> str | None:
    if label is not READING:
        return label
    readable = row.prediction is not None and len(row.prediction.text) <= MAX_LABEL_LENGTH
    return row.prediction.text if row.prediction and readable else row.label
