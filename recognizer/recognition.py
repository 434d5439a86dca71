"""The worker's side: claim submissions, read them with the model, store what was read."""

import base64
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from recognizer import metadata, outbox, serving, tallies, usefulness
from recognizer.dispatch import Reply, as_reply
from recognizer.models import Prediction, Status, Submission

if TYPE_CHECKING:
    from ml.artifact import ModelCard
    from ml.decoding import ImageError
    from ml.inference import ReadDigit, Reading, Recognizer

logger = logging.getLogger(__name__)

GAVE_UP = "gave_up"
OUTCOME_FIELDS = (
    "status",
    "error_code",
    "finished_at",
    "answer",
    "refusal",
    "usefulness",
    "image",
    "image_format",
    "width",
    "height",
)


def recognise(submission_ids: Sequence[str]) -> dict[str, Reply]:
    """Read what of these is still queued, store it, and return a reply for each finished one, by its id."""
    # One model for the whole task: another may go live while it runs.
    model = serving.live()
    claimed = claim(submission_ids, model_version=model.card.version)
    if claimed:
        _store(claimed, read(model, claimed), model.card)
    return {str(row.id): as_reply(row) for row in _finished(submission_ids, claimed)}


def claim(submission_ids: Sequence[str], *, model_version: str) -> list[Submission]:
    """Take the unclaimed rows among these for a model version, and count the attempt before it begins.

    Counting first is what ends a picture that kills its worker: after MAX_ATTEMPTS it is failed unread.
    """
    now = timezone.now()
    with transaction.atomic():
        rows = list(Submission.objects.unclaimed().filter(id__in=submission_ids).select_for_update(skip_locked=True))
        claimed = [row for row in rows if row.attempts < settings.MAX_ATTEMPTS]
        if exhausted := [row for row in rows if row.attempts >= settings.MAX_ATTEMPTS]:
            _give_up(exhausted)
            tallies.count("predictions", GAVE_UP, model_version, by=len(exhausted))
        if claimed:
            Submission.objects.filter(id__in=[row.id for row in claimed]).update(
                attempts=F("attempts") + 1, claimed_at=now
            )
            tallies.count("attempts", by=len(claimed))
    return claimed


def _give_up(rows: Sequence[Submission]) -> None:
    logger.error("Gave up on %d submissions after %d attempts", len(rows), settings.MAX_ATTEMPTS)
    for row in rows:
        _fail(row, GAVE_UP)
        row.finished_at = timezone.now()
        row.save(update_fields=["status", "error_code", "finished_at", "image"])
    outbox.announce(rows)


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


def _store(rows: Sequence[Submission], outcomes: "Sequence[Reading | ImageError]", card: "ModelCard") -> None:
    """One transaction for the whole task: either every outcome is stored or none is."""
    from ml.decoding import ImageError

    now = timezone.now()
    with transaction.atomic():
        # Another delivery may have finished some of them meanwhile: those keep what they have.
        queued = dict(
            Submission.objects.filter(id__in=[row.id for row in rows], status=Status.QUEUED)
            .select_for_update()
            .values_list("id", "label")
        )
        taken = [(row, outcome) for row, outcome in zip(rows, outcomes, strict=True) if row.id in queued]
        finished = [row for row, _ in taken]
        predictions = []
        for row, outcome in taken:
            row.finished_at = now
            if isinstance(outcome, ImageError):
                _fail(row, outcome.code)
            else:
                row.prediction = as_prediction(row, outcome, card)
                _finish(row, row.prediction, outcome, is_labelled=queued[row.id] is not None)
                predictions.append(row.prediction)
        _save_outcomes(finished)
        Prediction.objects.bulk_create(predictions)
        outbox.announce(finished)
    for row in finished:
        tallies.count("predictions", _outcome(row), card.version)


def _save_outcomes(rows: Sequence[Submission]) -> None:
    """`row.save(update_fields=OUTCOME_FIELDS)` for many, with SQL that is composed once and not for each row.

    Django's `bulk_update` makes an expression of every single value, which takes longer than to save row by row.
    """
    known = {field.name: field for field in Submission._meta.concrete_fields}
    fields = [known[name] for name in (*OUTCOME_FIELDS, "id")]
    *assignments, condition = [f"{connection.ops.quote_name(str(field.column))} = %s" for field in fields]
    table = connection.ops.quote_name(Submission._meta.db_table)
    statement = f"UPDATE {table} SET {', '.join(assignments)} WHERE {condition}"  # noqa: S608 (names of columns)
    values = [[field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields] for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)


def _fail(row: Submission, code: str) -> None:
    """What could not be read is kept, but without what else its file says of its sender."""
    row.status, row.error_code = Status.FAILED, code
    row.image = metadata.strip(bytes(row.image))


def _finish(row: Submission, prediction: Prediction, reading: "Reading", *, is_labelled: bool) -> None:
    """What was read takes its place at the row, and the picture encoded anew that of the upload."""
    row.status = Status.DONE
    row.image, row.image_format = reading.image, reading.image_format
    row.width, row.height = reading.width, reading.height
    row.answer, row.refusal = prediction.text, prediction.reason
    row.usefulness = None if is_labelled else usefulness.of_prediction(prediction)


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


def _finished(submission_ids: Sequence[str], claimed: Sequence[Submission]) -> list[Submission]:
    """What this task finished, and what an earlier delivery had finished already."""
    done = [row for row in claimed if row.status != Status.QUEUED]
    others = set(submission_ids) - {str(row.id) for row in done}
    if not others:
        return done
    elsewhere = Submission.objects.defer("image").prefetch_related("predictions")
    return done + list(elsewhere.filter(id__in=others).exclude(status=Status.QUEUED))
