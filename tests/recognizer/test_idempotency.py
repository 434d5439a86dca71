"""The same Idempotency-Key gets the same submission, also from requests that arrive at once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from recognizer import idempotency, services
from recognizer.models import Submission
from recognizer.tokens import create_token
from tests.pictures import png
from tests.processes import Process
from tests.recognizer.problems import assert_problem

URL = "/api/v1/predictions/"


def send(client: Client, key: str, picture: bytes, *, query: str = "", **headers: str) -> Any:
    return client.post(URL + query, picture, content_type="image/png", headers={"Idempotency-Key": key, **headers})


def test_the_second_gets_the_first_ones_answer(client: Client, worker: Process) -> None:
    first, second = send(client, "a", png("7")), send(client, "a", png("7"))

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert Submission.objects.count() == 1


@pytest.mark.parametrize(("picture", "query"), [("1", ""), ("7", "?digits=1")])
def test_something_else_under_the_same_key_is_422(client: Client, db: None, picture: str, query: str) -> None:
    later = {"Prefer": "respond-async"}
    send(client, "a", png("7"), **later)

    assert_problem(send(client, "a", png(picture), query=query, **later), 422, "idempotency_key_reused")
    assert Submission.objects.count() == 1


def test_callers_do_not_share_keys(client: Client, db: None) -> None:
    _, secret = create_token(owner=User.objects.create_user("ada"), name="x")
    later = {"Prefer": "respond-async"}

    here = send(client, "a", png("7"), **later)
    elsewhere = send(Client(REMOTE_ADDR="203.0.113.7"), "a", png("7"), **later)
    with_token = send(client, "a", png("7"), Authorization=f"Bearer {secret}", **later)

    assert len({response.json()["id"] for response in (here, elsewhere, with_token)}) == 3


def test_parallel_duplicates_store_one(worker: Process) -> None:
    def post(_: int) -> Any:
        try:
            return send(Client(), "parallel", png("3"))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(post, range(8)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1
    assert Submission.objects.count() == 1


def test_who_finds_it_queued_is_told_what_was_read_meanwhile(worker: Process) -> None:
    def again() -> Submission:
        return idempotency.submit_once(digest="a", image=png("7"), channel="api", client="", digits=None)[0]

    first, found = again(), again()
    assert found.prediction is None

    services.read(submission=first)
    services.reload_outcome(submission=found)

    assert found.prediction is not None
    assert found.prediction.text == "7"


def test_a_failure_is_repeated_too(client: Client, worker: Process) -> None:
    truncated = png("7")[:400]

    first, second = send(client, "a", truncated), send(client, "a", truncated)

    assert_problem(second, 422, "unreadable_image")
    assert first.json() == second.json()


def send_batch(client: Client, *digits: str) -> Any:
    form = {"image": [SimpleUploadedFile("a.png", png(digit)) for digit in digits]}
    return client.post(f"{URL}batch/", form, headers={"Idempotency-Key": "a"})


def test_each_picture_of_a_batch_counts(client: Client, worker: Process) -> None:
    answers = [send_batch(client, *digits) for digits in ("71", "71", "72")]
    first, second, changed = (answer.json() for answer in answers)

    assert [answer.headers.get("Idempotency-Replayed") for answer in answers[:2]] == [None, "true"]
    assert first == second
    assert changed[0] == first[0]
    assert changed[1]["code"] == "idempotency_key_reused"
    assert Submission.objects.count() == 2


def test_parallel_duplicates_of_a_batch_store_each_picture_once(worker: Process) -> None:
    def post(_: int) -> Any:
        try:
            return send_batch(Client(), "7", "1", "4")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        first, *others = ([item["id"] for item in answer.json()] for answer in pool.map(post, range(4)))

    assert len(set(first)) == 3
    assert others == [first] * 3
    assert Submission.objects.count() == 3


def test_the_former_address_says_it_too(client: Client, worker: Process) -> None:
    first, second = (
        client.post("/predict", {"file": SimpleUploadedFile("a.png", png("7"))}, headers={"Idempotency-Key": "a"})
        for _ in range(2)
    )

    assert first.json() == second.json()
    assert [one.headers.get("Idempotency-Replayed") for one in (first, second)] == [None, "true"]


@pytest.mark.parametrize("key", ["", "x" * 256, "clé"])
def test_a_bad_key_is_400(client: Client, db: None, key: str) -> None:
    assert_problem(send(client, key, png("7")), 400, "parse_error")
