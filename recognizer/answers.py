"""What a caller who sent a picture is told, whichever way the request took."""

from dataclasses import dataclass, field
from typing import Any

from rest_framework import status

from recognizer.models import Status, Submission
from recognizer.problems import CONTENT_TYPE, failure
from recognizer.serializers import answer


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP status, what is written as JSON, and the header fields that go with them."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"


def answer_to(submission: Submission, *, includes: list[str], success: int) -> Answer:
    """The answer to a submission in whatever state its waiting ended; `success` is its status when it was read."""
    if submission.status == Status.FAILED:
        return Answer(status.HTTP_422_UNPROCESSABLE_ENTITY, failure(submission), content_type=CONTENT_TYPE)
    body = answer(submission, includes=includes)
    if submission.status == Status.DONE:
        return Answer(success, body, {"Location": body["url"]})
    return Answer(status.HTTP_202_ACCEPTED, body, {"Location": body["url"], "Retry-After": "1"})
