"""Counting what the dashboard shows: a day's submissions, and how right the model versions were."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import BigIntegerField, Count, F, Func, Sum
from django.db.models.functions import Floor
from django.utils import timezone

from recognizer.estimates import bucket
from recognizer.models import Prediction, Status, Submission

BINS = 10
NOT_A_DIGIT = 10
"""The row and the column of the confusion matrix after the ten digits: labelled “no digit”, and refused."""


class Milliseconds(Func):
    """Whole milliseconds from the second moment to the first."""

    output_field = BigIntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "CAST(ROUND((julianday(%(expressions)s)) * 86400000) AS INTEGER)"
        return self.as_sql(compiler, connection, template=template, arg_joiner=") - julianday(", **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "CAST(EXTRACT(EPOCH FROM (%(expressions)s)) * 1000 AS BIGINT)"
        return self.as_sql(compiler, connection, template=template, arg_joiner=" - ", **context)


def start_of(day: date) -> datetime:
    """Its first moment in the site's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


def count_day(day: date) -> dict[str, Any]:
    """A day's submissions by channel and by outcome, and a histogram of their latency.

    Returns:
        `channels`: counts by channel; `outcomes`: counts by accepted, the reasons of refusal, failed and
        queued; `latency`: counts by `estimates.bucket` of the time from received to finished.
    """
    span = (start_of(day), start_of(day + timedelta(days=1)))
    rows = Submission.objects.filter(created_at__gte=span[0], created_at__lt=span[1]).order_by()
    channels: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    for channel, status, refusal, n in rows.values_list("channel", "status", "refusal").annotate(Count("pk")):
        channels[channel] += n
        outcomes[status if status != Status.DONE else refusal or "accepted"] += n
    latency: Counter[int] = Counter()
    took = rows.filter(status=Status.DONE).annotate(took=Milliseconds(F("finished_at"), F("created_at")))
    for milliseconds, n in took.values_list("took").annotate(Count("pk")):
        latency[bucket(milliseconds)] += n
    return {"channels": channels, "outcomes": outcomes, "latency": latency}


def count_reviewed() -> dict[str, dict[str, Any]]:
    """How each model version did on the rows that reviewers labelled.

    Returns:
        By version: counts `digits` (labelled with digits), `answered` (accepted among them), `right` (their text
        is the label), `nothing` (labelled “no digit”), `refused` (refused among those); `confusion`, 11 rows by 11
        columns; `bins`, ten of [count, sum of confidence, right] by confidence.
    """
    versions: dict[str, dict[str, Any]] = {}
    readings = Prediction.objects.filter(submission__label__isnull=False)
    # Floor, because a cast to an integer rounds on one database and cuts on the other.
    binned = readings.annotate(bin=Floor(F("confidence") * BINS))
    fields = ("model_version", "submission__label", "text", "accepted", "bin")
    for version, label, text, accepted, index, n, sure in binned.values_list(*fields).annotate(
        n=Count("pk"), sure=Sum("confidence")
    ):
        figures = versions.setdefault(version, _no_figures())
        _count_outcome(figures, label, text, accepted, n)
        _count_confusion(figures["confusion"], label, text, accepted, n)
        if label:
            counted = figures["bins"][min(int(index), BINS - 1)]
            counted[:] = [counted[0] + n, counted[1] + sure, counted[2] + n * (text == label)]
    return versions


def _no_figures() -> dict[str, Any]:
    return {
        **dict.fromkeys(("digits", "answered", "right", "nothing", "refused"), 0),
        "confusion": [[0] * (NOT_A_DIGIT + 1) for _ in range(NOT_A_DIGIT + 1)],
        "bins": [[0, 0.0, 0] for _ in range(BINS)],
    }


def _count_outcome(figures: dict[str, Any], label: str, text: str, accepted: bool, n: int) -> None:
    if label:
        figures["digits"] += n
        figures["answered"] += n * accepted
        figures["right"] += n * (accepted and text == label)
    else:
        figures["nothing"] += n
        figures["refused"] += n * (not accepted)


def _count_confusion(matrix: list[list[int]], label: str, text: str, accepted: bool, n: int) -> None:
    """Digit by digit, where reading and label are equally long."""
    true = [int(digit) for digit in label] or [NOT_A_DIGIT] * (len(text) if accepted else 1)
    read = [int(digit) for digit in text] if accepted else [NOT_A_DIGIT] * len(true)
    if len(true) == len(read):
        for row, column in zip(true, read, strict=True):
            matrix[row][column] += n
