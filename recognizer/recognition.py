"""The worker's side: claim submissions, read them with the model, store what was read."""

import base64
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from recognizer import metadata, outbox, serving, statements, tallies, usefulness
from recognizer.dispatch import Reply, as_reply
from recognizer.models import Prediction, Status, Submission

if TYPE_CHECKING:
    from ml.artifact import ModelCard
    from ml.decoding import ImageError
    from ml.inference import ReadDigit, Reading, Recognizer

logger = logging.getLogger(__name__)

GAVE_UP = "gave_up"


def recognise(submission_ids: Sequence[str]) -> dict[str, Reply]:
    """Read what of these is still queued, store it, and return a reply for each finished one, by its id."""
    # One model for the whole task: another may go live while it runs.
    model = serving.live()
    claimed = claim(submission_ids, model_version=model.card.version)
    stored = _store(claimed, read(model, claimed), model.card) if claimed else []
    return {str(row.id): as_reply(row) for row in stored + _finished_before(submission_ids, stored)}


def claim(submission_ids: Sequence[str], *, model_version: str) -> list[Submission]:
    """Take the unclaimed rows among these for a model version, and count the attempt before it begins.

    Counting first is what ends a picture that kills its worker: after MAX_ATTEMPTS it is failed unread.
    """
    claimed = statements.claim(submission_ids, now=timezone.now()) if submission_ids else []
    if claimed:
        tallies.count("attempts", by=len(claimed))
    if len(claimed) < len(submission_ids) and (given_up := _give_up(submission_ids)):
        tallies.count("predictions", GAVE_UP, model_version, by=given_up)
    return claimed


def _give_up(submission_ids: Sequence[str]) -> int:
    """Fail what of these was attempted often enough; returns how many."""
    with transaction.atomic():
        attempted = Submission.objects.unclaimed().filter(attempts__gte=settings.MAX_ATTEMPTS)
        rows = list(attempted.filter(id__in=submission_ids).select_for_update(skip_locked=True))
        for row in rows:
            _fail(row, GAVE_UP)
            row.finished_at = timezone.now()
            row.save(update_fields=["status", "error_code", "finished_at", "image"])
        outbox.announce(rows)
    if rows:
        logger.error("Gave up on %d submissions after %d attempts", len(rows), settings.MAX_ATTEMPTS)
    return len(rows)


def read(model: "Recognizer", rows: Sequence[Submission]) -> "list[Reading | ImageError]":
    """What the model reads in the rows' pictures, in order; a model that fails is told of in the log."""
    from ml.inference import ModelFailed, Picture

    outcomes = model.read([Picture(data=bytes(row.image), digits=row.digits_hint) for row in rows])
    if failed := sum(isinstance(outcome, ModelFailed) for outcome in outcomes):
        logger.error(
            "%s answered NaN or infinity to %d of %d pictures. Let another version read: `manage.py models`.",
            model.card.version,
            failed,
            len(rows),
        )
    return outcomes


def _store(
    rows: Sequence[Submission], outcomes: "Sequence[Reading | ImageError]", card: "ModelCard"
) -> list[Submission]:
    """Store what became of these rows, and return those that this did not find finished already."""
    now = timezone.now()
    for row, outcome in zip(rows, outcomes, strict=True):
        _finish(row, outcome, card, at=now)
    finished = list(rows)
    while not _stored(finished):
        queued = Submission.objects.filter(id__in=[row.id for row in finished], status=Status.QUEUED)
        left = set(queued.values_list("id", flat=True))
        finished = [row for row in finished if row.id in left]
    for row in finished:
        tallies.count("predictions", _outcome(row), card.version)
    return finished


def _stored(rows: Sequence[Submission]) -> bool:
    """One transaction for the whole task: either every outcome is stored or none is.

    None is when another delivery has finished some of the rows meanwhile: those keep what they have.
    """
    with transaction.atomic():
        if rows and statements.finish(rows) < len(rows):
            transaction.set_rollback(True)
            return False
        statements.insert([row.prediction for row in rows if row.prediction])
        outbox.announce(rows)
    return True


def _finish(row: Submission, outcome: "Reading | ImageError", card: "ModelCard", *, at: datetime) -> None:
    from ml.decoding import ImageError

    row.finished_at = at
    if isinstance(outcome, ImageError):
        row.prediction = None
        _fail(row, outcome.code)
    else:
        row.prediction = as_prediction(row, outcome, card)
        _succeed(row, row.prediction, outcome)


def _fail(row: Submission, code: str) -> None:
    """What could not be read is kept, but without what else its file says of its sender."""
    row.status, row.error_code = Status.FAILED, code
    row.image = metadata.strip(bytes(row.image))


def _succeed(row: Submission, prediction: Prediction, reading: "Reading") -> None:
    """What was read takes its place at the row, and the picture encoded anew that of the upload."""
    row.status = Status.DONE
    row.image, row.image_format = reading.image, reading.image_format
    row.width, row.height = reading.width, reading.height
    row.answer, row.refusal = prediction.text, prediction.reason
    row.usefulness = usefulness.of_prediction(prediction)


def _outcome(row: Submission) -> str:
    """In a word: accepted, why the model refused it, or why it could not be read."""
    if row.prediction is None:
        return row.error_code
    return row.prediction.reason or "accepted"


def as_prediction(row: Submission, reading: "Reading", card: "ModelCard", *, live: bool = True) -> Prediction:
    """The row to store for what the model of this card read, in pictures prepared as today's code does."""
    from ml.preprocessing import PREPROCESSING_VERSION

    return Prediction(
        submission=row,
        live=live,
        text=reading.text,
        confidence=reading.confidence,
        accepted=reading.accepted,
        reason=reading.reason or "",
        digits=[_digit(digit) for digit in reading.digits],
        model_version=card.version,
        model_sha256=card.sha256,
        preprocessing_version=PREPROCESSING_VERSION,
    )


def _digit(digit: "ReadDigit") -> dict[str, Any]:
    from ml.encoding import encode_png

    return {
        "digit": digit.digit,
        "confidence": round(digit.confidence, 6),
        "probabilities": [round(p, 6) for p in digit.probabilities],
        "box": list(digit.box),
        "touching": digit.touching,
        "preview": base64.b64encode(encode_png(digit.preview)).decode("ascii"),
    }


def _finished_before(submission_ids: Sequence[str], stored: Sequence[Submission]) -> list[Submission]:
    """What of these another delivery has finished."""
    others = set(submission_ids) - {str(row.id) for row in stored}
    if not others:
        return []
    elsewhere = Submission.objects.defer("image").prefetch_related("predictions")
    return list(elsewhere.filter(id__in=others).exclude(status=Status.QUEUED))
