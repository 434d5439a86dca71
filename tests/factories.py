"""Stored rows for tests: submissions as they are after a worker read them."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group, User
from django.db import connection
from django.utils import timezone

from recognizer import usefulness
from recognizer.models import Prediction, Status, Submission
from tests.pictures import png


def submission(**fields: Any) -> Submission:
    """A submission that was read, without its reading; any field can be said."""
    now = timezone.now()
    defaults = {
        "channel": "web",
        "status": Status.DONE,
        "width": 280,
        "height": 280,
        "image": png("7"),
        "image_format": "png",
        "created_at": now - timedelta(milliseconds=20),
        "finished_at": now,
    }
    return Submission.objects.create(**defaults | fields)


def prediction(of: Submission, text: str = "7", **fields: Any) -> Prediction:
    """What a model read in it; refused when a reason is given."""
    confidence = fields.pop("confidence", 0.95)
    defaults = {
        "text": text,
        "confidence": confidence,
        "accepted": not fields.get("reason"),
        "digits": [stored_digit(int(figure), confidence, index) for index, figure in enumerate(text)],
        "model_version": "v1",
        "model_sha256": "a" * 64,
        "preprocessing_version": "1",
    }
    return Prediction.objects.create(submission=of, **defaults | fields)


def stored_digit(digit: int, confidence: float, index: int) -> dict[str, Any]:
    """One digit as a worker stores it; the preview is one white pixel."""
    probabilities = [(1 - confidence) / 9] * 10
    probabilities[digit] = confidence
    preview = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAG7buVgAAAABJRU5ErkJggg=="
    return {
        "digit": digit,
        "confidence": confidence,
        "probabilities": probabilities,
        "box": [20 + 90 * index, 30, 80, 200],
        "touching": False,
        "preview": preview,
    }


def read(text: str = "7", *, confidence: float = 0.95, reason: str = "", **fields: Any) -> Submission:
    """A submission in the review queue with its live reading."""
    row = submission(**fields)
    live = prediction(row, text, confidence=confidence, reason=reason)
    row.answer, row.refusal = live.text, live.reason
    row.usefulness = usefulness.of_prediction(live) if row.label is None else None
    row.save()
    return row


def reviewer(name: str = "rita", password: str | None = None) -> User:
    """A member of the Reviewers group that the migrations make."""
    user = User.objects.create_user(name, password=password, is_staff=True)
    user.groups.add(reviewers())
    return user


def reviewers() -> Group:
    """The group itself."""
    if not Group.objects.filter(name="Reviewers").exists():
        # A test with transactions of its own ran before: it leaves tables empty, also of what migrations made.
        migration = import_module("recognizer.migrations.0007_reviewers_group")
        migration.create_reviewers(apps, SimpleNamespace(connection=connection))
    return Group.objects.get(name="Reviewers")
