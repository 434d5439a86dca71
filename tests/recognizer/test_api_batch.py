"""Several pictures in one request."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client

from recognizer import services
from recognizer.models import IdempotencyKey, Submission
from tests.pictures import png
from tests.processes import Process, wait_until
from tests.recognizer.problems import assert_problem

URL = "/api/v1/predictions/batch/"


def form(*pictures: bytes) -> dict[str, Any]:
    return {"image": [SimpleUploadedFile(f"{index}.png", data) for index, data in enumerate(pictures)]}


def test_each_picture_gets_its_answer_in_order(client: Client, worker: Process) -> None:
    response = client.post(URL, form(png("7"), png("2"), png("4"), png("3")))

    assert response.status_code == 200, response.content
    assert [item["text"] for item in response.json()] == ["7", "2", "4", "3"]
    assert Submission.objects.count() == 4


def test_what_cannot_be_read_has_a_problem_in_its_place(client: Client, worker: Process) -> None:
    response = client.post(URL, form(png("7"), b"GIF89a" + bytes(50), png("2")[:300], b"", png("1")))

    first, gif, truncated, empty, last = response.json()
    assert (first["text"], last["text"]) == ("7", "1")
    assert (gif["status"], gif["code"]) == (415, "unsupported_format")
    assert (truncated["status"], truncated["code"]) == (422, "unreadable_image")
    assert empty["status"] in (415, 422)


def test_respond_async_answers_at_once(client: Client, worker: Process) -> None:
    response = client.post(URL, form(png("7"), png("1")), headers={"Prefer": "respond-async"})

    items = response.json()
    assert response.headers["Preference-Applied"] == "respond-async"
    wait_until(
        lambda: [client.get(item["url"]).json()["text"] for item in items] == ["7", "1"], what="both to be read"
    )


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "a"}], ids=["without a key", "with a key"])
def test_nothing_is_stored_when_the_database_goes_away_in_between(
    db: None, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str]
) -> None:
    submit = services.submit

    def store_two(**picture: Any) -> Submission:
        if Submission.objects.count() == 2:
            raise OperationalError("server closed the connection")
        return submit(**picture)

    monkeypatch.setattr(services, "submit", store_two)

    response = Client(raise_request_exception=False).post(URL, form(png("7"), png("1"), png("4")), headers=headers)

    assert_problem(response, 503, "unavailable")
    assert (Submission.objects.count(), IdempotencyKey.objects.count()) == (0, 0)


def test_too_many_pictures_are_413(client: Client, db: None, settings: Any) -> None:
    response = client.post(URL, form(*[png("1")] * (settings.MAX_BATCH_PICTURES + 1)))

    assert_problem(response, 413, "too_many_parts")
    assert not Submission.objects.exists()


def test_no_pictures_are_400(client: Client, db: None) -> None:
    assert_problem(client.post(URL, {"image": "not a file"}), 400, "missing_image")


def test_a_single_picture_is_no_batch(client: Client, db: None) -> None:
    assert_problem(client.post("/api/v1/predictions/", form(png("7"), png("1"))), 400, "parse_error")
