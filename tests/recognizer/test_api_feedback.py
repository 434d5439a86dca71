"""What senders say about their submissions, over HTTP."""

from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client

from recognizer import services
from recognizer.models import Channel, Feedback, Submission
from tests.pictures import png

pytestmark = pytest.mark.django_db


@pytest.fixture
def submission() -> Submission:
    return services.submit(image=png("7"), channel=Channel.API)


def say(client: Client, submission: Submission, body: Any) -> Any:
    return client.post(f"/api/v1/predictions/{submission.id}/feedback/", body, content_type="application/json")


@pytest.mark.parametrize(("label", "stored"), [("407", "407"), ("007", "007"), (None, "")])
def test_feedback_is_stored(client: Client, submission: Submission, label: str | None, stored: str) -> None:
    response = say(client, submission, {"label": label})

    assert response.status_code == 201, response.content
    assert response.json()["label"] == label
    assert Feedback.objects.get(submission=submission).label == stored


def test_the_last_word_counts(client: Client, submission: Submission) -> None:
    say(client, submission, {"label": "1"})
    say(client, submission, {"label": "7"})

    assert [row.label for row in submission.feedback.all()] == ["7"]


@pytest.mark.parametrize(
    "body", [{}, [], "7", {"label": ""}, {"label": "seven"}, {"label": "٧"}, {"label": "7\n"}, {"label": "1" * 65}]
)
def test_wrong_feedback_is_400(client: Client, submission: Submission, body: Any) -> None:
    response = say(client, submission, body)

    assert response.status_code == 400, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    assert not Feedback.objects.exists()


def test_feedback_on_nothing_is_404(client: Client) -> None:
    response = say(client, Submission(), {"label": "7"})

    assert response.status_code == 404


def test_the_database_keeps_one_a_sender(submission: Submission) -> None:
    Feedback.objects.create(submission=submission, client="telegram:1", label="7")

    with pytest.raises(IntegrityError):
        Feedback.objects.create(submission=submission, client="telegram:1", label="1")
