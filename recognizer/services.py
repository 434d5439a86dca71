"""The public door: what views, the bot and tasks may ask for."""

import asyncio
import logging
import time
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.models import User
from django.db import Error as DatabaseError
from django.db import transaction
from django.utils import timezone

from ml.decoding import ImageTooLarge, inspect
from recognizer import dispatch, privacy, statements, tallies, tracing, usefulness
from recognizer.models import Channel, Feedback, Review, Status, Submission, SubmissionQuerySet
from recognizer.publishing import publish

logger = logging.getLogger(__name__)

# Sweeping stops adding messages when this many wait already: a stopped worker must not fill Redis.
MAX_SWEPT_TASKS = 1000
FOLLOW_SECONDS = 0.1


def submit(*, image: bytes, channel: Channel | str, client: str = "", digits: int | None = None) -> Submission:
    """Store a picture as a queued submission; once this returns, nothing can lose it.

    Only the envelope is checked (size, format by content, header); the worker decodes it.

    Args:
        image: the file as it was sent: PNG, JPEG or WebP, 1 byte to MAX_UPLOAD_BYTES.
        channel: where it came from.
        client: who sent it, as the channel knows them; empty when nobody knows.
        digits: how many digits it shows, where the sender knows.

    Raises:
        ml.decoding.ImageError: the envelope is refused; its code and sentence say why.
    """
    submission = check(image=image, channel=channel, client=client, digits=digits)
    submission.save(force_insert=True)
    return submission


def check(*, image: bytes, channel: Channel | str, client: str = "", digits: int | None = None) -> Submission:
    """What `submit` would store, not stored yet; `store` takes many of them at once. Raises what `submit` does."""
    if len(image) > settings.MAX_UPLOAD_BYTES:
        raise ImageTooLarge(f"The file is larger than {settings.MAX_UPLOAD_BYTES // 2**20} MB.")
    header = inspect(image)
    return Submission(
        image=image,
        image_format=header.format,
        width=header.width,
        height=header.height,
        channel=channel,
        client=client,
        digits_hint=digits,
    )


def store(submissions: Sequence[Submission]) -> None:
    """Store what `check` returned, all or nothing.

    Raises:
        django.db.DatabaseError: none of them is stored.
    """
    with transaction.atomic():
        statements.insert(submissions)


def read(*, submission: Submission, timeout: float | None = None) -> Submission:
    """Have a worker read it, and wait for the answer.

    Args:
        submission: a stored row.
        timeout: seconds to wait, PREDICT_DEADLINE_SECONDS when None.

    Returns:
        The same row, done or failed; still queued when the time was up, to be read later all the same.
    """
    read_all(submissions=[submission], timeout=timeout)
    return submission


def read_all(*, submissions: Sequence[Submission], timeout: float | None = None) -> None:
    """`read` for several, which travel together, within one deadline.

    Who waits 0 seconds is never told, however quick a worker is: programs rely on it.
    """
    end = time.monotonic() + _deadline(timeout)
    futures = request_readings(submissions=submissions)
    for submission, future in zip(submissions, futures, strict=True):
        try:
            if timeout != 0:
                dispatch.apply_reply(submission, future.result(max(0.0, end - time.monotonic())))
        except TimeoutError:
            reload_outcome(submission=submission)
        finally:
            dispatch.dispatcher().forget(str(submission.id), future)


async def aread(*, submission: Submission, timeout: float | None = None) -> Submission:
    """`read` without holding a thread while it waits."""
    (future,) = request_readings(submissions=[submission])
    try:
        reply = await asyncio.wait_for(asyncio.wrap_future(future), _deadline(timeout))
        dispatch.apply_reply(submission, reply)
    except TimeoutError:
        await sync_to_async(reload_outcome)(submission=submission)
    finally:
        dispatch.dispatcher().forget(str(submission.id), future)
    return submission


def request_readings(*, submissions: Sequence[Submission]) -> "list[Future[dispatch.Reply]]":
    """Send them to the workers, in the name of what is being handled, without waiting."""
    return dispatch.dispatcher().request((str(submission.id), tracing.current()) for submission in submissions)


def reload_outcome(*, submission: Submission) -> None:
    """What the database says: the answer may be there though its message was lost.

    While it says nothing, the submission stays as it was: it is stored, and whoever sent it is better told where the
    answer will be than to send it again.
    """
    with suppress(DatabaseError):
        submission.refresh_from_db(fields=["status", "error_code"])
    submission.__dict__.pop("prediction", None)


def follow(*, submission: Submission, timeout: float) -> None:
    """Wait for an answer that somebody else asked for, at most `timeout` seconds."""
    end = time.monotonic() + timeout
    while submission.status == Status.QUEUED and time.monotonic() < end:
        time.sleep(FOLLOW_SECONDS)
        reload_outcome(submission=submission)


def get_submission(submission_id: str, *, client: str = "") -> Submission:
    """One submission with its predictions, without its picture.

    Args:
        submission_id: its id; knowing it is the right to read what nobody in particular sent.
        client: who asks; what somebody in particular sent is there for them alone.

    Raises:
        Submission.DoesNotExist: no such id, one that is no UUID, or somebody else's submission.
    """
    rows = Submission.objects.defer("image").prefetch_related("predictions")
    try:
        return rows.get(id=submission_id, client__in={"", client})
    except ValueError as error:
        raise Submission.DoesNotExist from error


def submissions_of(client: str) -> SubmissionQuerySet:
    """What this client sent, with predictions, without pictures."""
    return Submission.objects.filter(client=client).exclude(client="").defer("image").prefetch_related("predictions")


def republish_overdue() -> int:
    """Publish again what was queued and whose message or worker was lost; returns how many.

    What was tried before travels alone: if it is what killed its worker, it takes nobody with it.

    Raises:
        redis.RedisError, kombu.exceptions.OperationalError: Redis is away; the next sweep tries again.
    """
    room = max(0, MAX_SWEPT_TASKS - dispatch.queue_length())
    rows = list(Submission.objects.overdue().order_by("created_at").values_list("id", "attempts")[:room])
    fresh = [str(row_id) for row_id, attempts in rows if not attempts]
    size = settings.DISPATCH_BATCH_SIZE
    batches = [fresh[start : start + size] for start in range(0, len(fresh), size)]
    batches += [[str(row_id)] for row_id, attempts in rows if attempts]
    for batch in batches:
        publish(batch)
    dispatch.note_sweep()
    tallies.count("sweeps")
    if rows:
        tallies.count("swept", by=len(rows))
        logger.warning("Swept: %d queued submissions published again", len(rows))
    return len(rows)


def set_label(*, submission: Submission, label: str | None, reviewer: User, undoes: Review | None = None) -> Review:
    """A reviewer's truth about a submission; the decision is kept with who and when.

    Args:
        submission: a stored row.
        label: its digits in reading order, "" for no digit, None to take a label back.
        reviewer: who says so.
        undoes: the decision that this one takes back.

    Raises:
        django.core.exceptions.ValidationError: the label holds something else than digits.
        Submission.DoesNotExist: it was erased meanwhile.
    """
    decided_at = timezone.now()
    with transaction.atomic():
        stored = Submission.objects.select_for_update().only("label").get(id=submission.id)
        review = Review(
            submission=submission,
            label=label,
            previous_label=stored.label,
            reviewer=reviewer,
            undoes=undoes,
            created_at=decided_at,
        )
        submission.label = label
        submission.labelled_by = None if label is None else reviewer
        submission.labelled_at = None if label is None else decided_at
        submission.usefulness = None
        submission.clean_fields(exclude={f.name for f in Submission._meta.fields} - {"label"})
        submission.save(update_fields=["label", "labelled_by", "labelled_at", "usefulness"])
        review.save()
        if label is None:
            usefulness.refresh([submission.id])
    return review


def give_feedback(*, submission: Submission, label: str, client: str) -> Feedback:
    """What its sender says about a submission; saying it again replaces what they said before.

    Args:
        submission: a stored row.
        label: its digits in reading order, "" for no digit.
        client: who says so, as the channel knows them; "" is everybody unknown.

    Raises:
        django.core.exceptions.ValidationError: the label holds something else than digits, or too many.
    """
    said = Feedback(submission=submission, client=client, label=label)
    said.clean_fields(exclude={"id", "submission"})
    feedback, _ = Feedback.objects.update_or_create(
        submission=submission, client=client, defaults={"label": label, "created_at": said.created_at}
    )
    usefulness.refresh([submission.id])
    return feedback


def erase_client(*, client: str) -> None:
    """Delete all that a client sent and said: submissions with what was read in them and copied, and feedback.

    Args:
        client: as `submit` and `give_feedback` were told; not empty, which is everybody unknown.
    """
    privacy.erase_client(client=client)


def _deadline(timeout: float | None) -> float:
    return float(settings.PREDICT_DEADLINE_SECONDS if timeout is None else timeout)
