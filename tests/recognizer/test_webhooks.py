"""Webhooks from the finished picture to the receiver: a real worker, a real courier, real receivers on loopback."""

import json
import threading
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from recognizer import services
from recognizer.models import Submission, WebhookDelivery, WebhookEndpoint
from recognizer.outbox import announce, announce_test
from recognizer.publishing import publish
from recognizer.tokens import create_token
from tests import factories
from tests.pictures import png
from tests.processes import Process, wait_until
from tests.recognizer.couriers import all_end, failed, finished, tell
from tests.recognizer.receivers import Receiver, Request, listening, talking
from tests.recognizer.signatures import verified

pytestmark = pytest.mark.usefixtures("loopback_allowed")


def test_a_picture_sent_with_a_token_is_told_signed(
    client: Client, worker: Process, courier: Process, ada: User
) -> None:
    headers = {"Authorization": f"Bearer {create_token(owner=ada, name='scanner')[1]}"}
    with listening() as receiver:
        _, secret = tell(ada, receiver.url())
        sent = client.post("/api/v1/predictions/", png("7"), content_type="image/png", headers=headers)
        assert sent.status_code == 201
        (row,) = all_end()

    (request,) = receiver.received
    told = verified(request, secret)
    assert told == {
        "type": "prediction.done",
        "id": str(row.id),
        "timestamp": row.created_at.isoformat(),
        "data": client.get(sent.json()["url"], headers=headers).json(),
    }
    assert told["data"]["text"] == "7"
    assert (row.status, row.attempts, row.response_status, row.problem) == ("delivered", 1, 204, "")
    assert request.path == "/told?by=digits"
    assert request.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert request.headers["content-type"] == "application/json"


def test_what_a_worker_gives_up_is_told_as_failed(worker: Process, courier: Process, ada: User, settings: Any) -> None:
    with listening() as receiver:
        _, secret = tell(ada, receiver.url())
        row = services.submit(image=png("7"), channel="api", client=f"user:{ada.pk}")
        Submission.objects.filter(id=row.id).update(attempts=settings.MAX_ATTEMPTS)
        publish([str(row.id)])
        wait_until(lambda: receiver.received, what="the receiver to be told")

    told = verified(receiver.received[0], secret)
    assert (told["type"], told["data"]["id"], told["data"]["error"]) == ("prediction.failed", str(row.id), "gave_up")


def test_only_the_owner_is_told_and_only_of_what_they_want(courier: Process, ada: User) -> None:
    bob = User.objects.create_user("bob")
    with listening() as all_of_ada, listening() as failures_of_ada, listening() as all_of_bob, listening() as off:
        tell(ada, all_of_ada.url())
        tell(ada, failures_of_ada.url(), events="prediction.failed")
        tell(bob, all_of_bob.url())
        WebhookEndpoint.objects.filter(id=tell(ada, off.url())[0].id).update(enabled=False)
        done, broken = finished(ada), failed(ada)
        announce([factories.read("1"), factories.read("2", client="telegram:1", channel="telegram")])
        all_end()

    assert told_of(all_of_ada) == {("prediction.done", str(done.id)), ("prediction.failed", str(broken.id))}
    assert told_of(failures_of_ada) == {("prediction.failed", str(broken.id))}
    assert all_of_bob.received == off.received == []


def told_of(receiver: Receiver) -> set[tuple[str, str]]:
    """The events, each with the submission that it is about."""
    bodies = [json.loads(request.body) for request in receiver.received]
    return {(body["type"], body["data"]["id"]) for body in bodies}


def test_a_failing_receiver_is_tried_again_under_the_same_id(courier: Process, ada: User) -> None:
    answers = iter([500, 503, 200])
    with listening(lambda _: (next(answers), {})) as receiver:
        _, secret = tell(ada, receiver.url())
        finished(ada)
        (row,) = all_end()

    assert receiver.ids == [str(row.id)] * 3
    assert len({verified(request, secret)["data"]["text"] for request in receiver.received}) == 1
    assert (row.status, row.attempts, row.response_status) == ("delivered", 3, 200)


@pytest.mark.parametrize(
    ("status", "headers", "attempts", "problem"),
    [
        (500, {}, 3, "refused"),
        (404, {}, 3, "refused"),
        (302, {"Location": "/elsewhere"}, 3, "redirected"),
        (410, {}, 1, "gone"),
    ],
)
def test_a_receiver_that_never_takes_it_is_given_up(
    courier: Process, ada: User, status: int, headers: dict[str, str], attempts: int, problem: str
) -> None:
    with listening(lambda _: (status, headers)) as receiver:
        endpoint, _ = tell(ada, receiver.url())
        finished(ada)
        (row,) = all_end()

    assert (row.status, row.attempts, row.response_status, row.problem) == ("given_up", attempts, status, problem)
    assert {request.path for request in receiver.received} == {"/told?by=digits"}
    endpoint.refresh_from_db()
    assert endpoint.enabled == (problem != "gone")


def test_a_slow_receiver_is_cut_off(courier: Process, ada: User) -> None:
    over = threading.Event()

    def wait(_: Request) -> tuple[int, dict[str, str]]:
        over.wait(30)
        return 204, {}

    with listening(wait) as receiver:
        tell(ada, receiver.url())
        finished(ada)
        (row,) = all_end()
        over.set()

    assert (row.status, row.problem, row.attempts) == ("given_up", "timeout", 3)


@pytest.mark.parametrize(
    ("head", "more", "status", "problem"),
    [
        # One that never comes to an end of its head, one whose head is endless, and one whose body is.
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"o", "given_up", "timeout"),
        (b"HTTP/1.1 200 OK\r\n", b"X-Many: %s\r\n" % (b"y" * 2**16), "given_up", "unreachable"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", b"z" * 2**16, "delivered", ""),
    ],
)
def test_odd_answers(courier: Process, ada: User, head: bytes, more: bytes, status: str, problem: str) -> None:
    with talking(head, more) as port:
        tell(ada, f"http://127.0.0.1:{port}/")
        finished(ada)
        (row,) = all_end()

    assert (row.status, row.problem) == (status, problem)


def test_nobody_listens(courier: Process, ada: User) -> None:
    with listening() as receiver:
        url = receiver.url()
    tell(ada, url)
    finished(ada)

    (row,) = all_end()

    assert (row.status, row.problem, row.response_status) == ("given_up", "unreachable", None)


def test_no_cookie_is_carried_along(courier: Process, ada: User) -> None:
    with listening(lambda _: (204, {"Set-Cookie": "who=ada; Path=/"})) as receiver:
        tell(ada, receiver.url())
        for _ in range(3):
            finished(ada)
        all_end()

    assert len(receiver.received) == 3
    assert all("cookie" not in request.headers for request in receiver.received)


def test_what_is_erased_is_told_to_nobody(ada: User) -> None:
    tell(ada, "http://127.0.0.1:9/")
    row = finished(ada)

    row.delete()

    assert WebhookDelivery.objects.count() == 0


def test_a_test_event(courier: Process, ada: User) -> None:
    with listening() as receiver:
        endpoint, secret = tell(ada, receiver.url())
        row = announce_test(endpoint)
        all_end()

    told = verified(receiver.received[0], secret)
    assert (told["type"], told["id"], told["data"]) == ("test", str(row.id), {})
