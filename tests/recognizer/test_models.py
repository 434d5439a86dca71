"""The states that the database itself makes impossible."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from recognizer.models import Prediction, Status, Submission, random_id

SOME_TIME = datetime(2026, 5, 1, 12, tzinfo=UTC)


def submission(**fields: Any) -> Submission:
    """A stored, queued submission unless the fields say otherwise."""
    defaults = {"channel": "api", "width": 28, "height": 28, "image": b"picture", "image_format": "png"}
    return Submission.objects.create(**defaults | fields)


def prediction(of: Submission, **fields: Any) -> Prediction:
    """A stored, accepted, live prediction unless the fields say otherwise."""
    defaults = {"text": "7", "confidence": 0.9, "accepted": True, "model_version": "v", "model_sha256": "a"}
    return Prediction.objects.create(submission=of, **defaults | fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"channel": "pigeon"},
        {"status": "lost"},
        {"status": Status.DONE},
        {"finished_at": SOME_TIME},
        {"status": Status.FAILED, "finished_at": SOME_TIME},
        {"error_code": "gave_up"},
        {"label": "7"},
        {"labelled_at": SOME_TIME},
    ],
    ids=str,
)
def test_impossible_submissions(db: None, fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        submission(**fields)


@pytest.mark.parametrize(
    "fields",
    [{"confidence": 1.1}, {"confidence": -0.1}, {"reason": "blank"}, {"accepted": False}],
    ids=str,
)
def test_impossible_predictions(db: None, fields: dict[str, Any]) -> None:
    row = submission()

    with pytest.raises(IntegrityError), transaction.atomic():
        prediction(row, **fields)


def test_one_live_prediction_and_one_per_model(db: None) -> None:
    row = submission()
    prediction(row)

    with pytest.raises(IntegrityError), transaction.atomic():
        prediction(row, model_sha256="b")
    with pytest.raises(IntegrityError), transaction.atomic():
        prediction(row, live=False)
    prediction(row, live=False, model_sha256="b", text="1")

    assert Submission.objects.get().prediction == Prediction.objects.get(live=True)


@pytest.mark.parametrize("label", ["7a", "-1", " 7", "7\n", "٧"])
def test_labels_hold_ascii_digits_only(label: str) -> None:
    with pytest.raises(ValidationError):
        Submission(label=label).clean_fields(exclude=[f.name for f in Submission._meta.fields if f.name != "label"])


def test_ids_have_128_random_bits() -> None:
    ids = [random_id().int for _ in range(2000)]

    ones = [sum(value >> bit & 1 for value in ids) for bit in range(128)]

    assert all(800 < count < 1200 for count in ones)
