"""Plain requests on the wire: answered without a thread, and to the letter as the views answer the same."""

import base64
import http.client
import json
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from recognizer import dispatch
from recognizer.models import Status, Submission
from recognizer.tokens import ApiToken, create_token
from tests.digitsite.conftest import THREADS
from tests.pictures import png
from tests.processes import Process, fetch, free_port, start_web_server, wait_until

URL = "/api/v1/predictions/"
PNG = {"Content-Type": "image/png"}
# Makes no difference but that the request is not plain.
BY_VIEW = {"X-Unheard-Of": "1"}
Start = Callable[..., int]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: dict[str, Any]


def post(port: int, body: bytes, headers: dict[str, str], path: str = URL) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", path, body, headers)
    response = connection.getresponse()
    answer = Answer(response.status, dict(response.getheaders()), json.loads(response.read()))
    connection.close()
    return answer


def form(data: bytes) -> tuple[bytes, dict[str, str]]:
    head = b'--xyz\r\nContent-Disposition: form-data; name="image"; filename="7.png"\r\n\r\n'
    return head + data + b"\r\n--xyz--\r\n", {"Content-Type": "multipart/form-data; boundary=xyz"}


@pytest.fixture
def port(port: int, transactional_db: None) -> int:
    """Of a web server with two threads, which stores what it is sent."""
    return port


@pytest.fixture
def start(tmp_path: Path, worker_env: dict[str, str], transactional_db: None) -> Iterator[Start]:
    """Start a web server with two threads and these settings; returns its port."""
    servers = []

    def make(**settings: str) -> int:
        port = free_port()
        servers.append(start_web_server(tmp_path, worker_env | settings, port=port, threads=THREADS))
        return port

    yield make
    for server in servers:
        server.stop()


@pytest.fixture
def secret(transactional_db: None) -> str:
    """A token's."""
    return create_token(owner=User.objects.create_user("ada"), name="test", scopes="predict read")[1]


def test_a_plain_request_is_answered_as_any_other(port: int, worker: Process) -> None:
    sent, headers = form(png("47"))

    plain = post(port, sent, headers | {"X-Request-ID": "12345678"}, f"{URL}?digits=2&include=preview")
    viewed = post(port, sent, headers | {"X-Request-ID": "12345678"} | BY_VIEW, f"{URL}?digits=2&include=preview")

    assert plain.status == viewed.status == 201
    assert plain.body["text"] == viewed.body["text"] == "47"
    own = {"id", "url", "created_at"}
    assert {**plain.body, **dict.fromkeys(own)} == {**viewed.body, **dict.fromkeys(own)}
    assert plain.headers["Location"] == plain.body["url"]
    own = {"Location", "Date", "Content-Length"}
    assert {**plain.headers, **dict.fromkeys(own)} == {**viewed.headers, **dict.fromkeys(own)}
    row = Submission.objects.get(id=plain.body["id"])
    assert (row.channel, row.client, row.status, row.digits_hint) == ("api", "", Status.DONE, 2)


def test_the_tokens_owner_is_the_sender(port: int, worker: Process, secret: str) -> None:
    answer = post(port, png("7"), PNG | {"Authorization": f"Bearer {secret}"})

    assert answer.status == 201
    token = ApiToken.objects.get()
    assert Submission.objects.get(id=answer.body["id"]).client == token.client
    assert token.last_used_at is not None


@pytest.mark.parametrize(
    ("body", "headers", "path", "status"),
    [
        (b"no picture", PNG, URL, 415),
        (png("7")[:40], PNG, URL, 422),
        (form(b"no picture")[0], form(b"")[1], URL, 415),
        (b"", PNG, URL, 400),
        (png("7"), PNG, f"{URL}?digits=0", 400),
        (png("7"), PNG, f"{URL}?include=nothing", 400),
        (png("7"), PNG | {"Authorization": "Bearer digits_wrong"}, URL, 401),
        (png("7"), PNG | {"Host": "elsewhere.example.org"}, URL, 400),
        (b"not a form", {"Content-Type": "multipart/form-data; boundary=xyz"}, URL, 400),
        (png("7"), PNG, f"{URL}?format=xml", 404),
    ],
)
def test_what_is_wrong_is_refused_as_ever(
    port: int, body: bytes, headers: dict[str, str], path: str, status: int
) -> None:
    plain, viewed = post(port, body, headers, path), post(port, body, headers | BY_VIEW, path)

    assert plain.status == viewed.status == status
    assert plain.body == viewed.body
    assert set(plain.headers) == set(viewed.headers)
    assert not Submission.objects.exists()


def test_a_damaged_picture_is_a_problem(port: int, worker: Process) -> None:
    answer = post(port, png("7")[:400], PNG)

    assert (answer.status, answer.body["code"]) == (422, "unreadable_image")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert Submission.objects.get(id=answer.body["id"]).status == Status.FAILED


def test_the_allowance_is_the_callers(start: Start, worker: Process) -> None:
    port = start(RATE_LIMIT_ENABLED="1", RATE_LIMIT_ANONYMOUS="2/minute")

    answers = [post(port, png("7"), PNG) for _ in range(3)]

    assert [answer.status for answer in answers] == [201, 201, 429]
    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]


def test_only_known_callers_where_strangers_are_not_served(start: Start, worker: Process, secret: str) -> None:
    port = start(ANONYMOUS_API_ENABLED="0")

    assert post(port, png("7"), PNG).status == 401
    assert post(port, png("7"), PNG | {"Authorization": f"Bearer {secret}"}).status == 201


def test_a_proxy_is_believed_and_a_stranger_is_not(start: Start, worker: Process) -> None:
    said = PNG | {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
    behind, open_to_all = start(HTTPS="1", TRUSTED_PROXIES="127.0.0.1"), start(HTTPS="1")

    connection = http.client.HTTPConnection("127.0.0.1", open_to_all, timeout=60)
    connection.request("POST", URL, png("7"), said)
    redirected = connection.getresponse().status
    connection.close()
    answer = post(behind, png("7"), said)

    assert redirected == 301
    assert answer.status == 201
    assert answer.headers["Strict-Transport-Security"]


def test_without_a_worker_the_address_comes_at_the_deadline_and_no_thread_is_kept(start: Start) -> None:
    port = start(PREDICT_DEADLINE_SECONDS="4", REDIS_KEY_PREFIX="nobody-reads:")
    with ThreadPoolExecutor(6 * THREADS) as crowd:
        waiting = [crowd.submit(post, port, png("7"), PNG) for _ in range(6 * THREADS)]
        wait_until(lambda: Submission.objects.count() == len(waiting), what="all pictures to be stored")

        assert fetch(port, "/livez") == b'{"status": "ok"}'
        assert not any(answer.done() for answer in waiting)
        answers = [answer.result() for answer in waiting]

    assert {answer.status for answer in answers} == {202}
    assert {answer.headers["Location"] for answer in answers} == {answer.body["url"] for answer in answers}
    assert {answer.body["id"] for answer in answers} == {str(row.id) for row in Submission.objects.all()}


def test_an_answer_whose_message_was_lost_is_found_at_the_deadline(start: Start, worker: Process) -> None:
    port = start(PREDICT_DEADLINE_SECONDS="4", REDIS_KEY_PREFIX="nobody-reads:")
    with ThreadPoolExecutor(1) as caller:
        waiting = caller.submit(post, port, png("7"), PNG)
        wait_until(Submission.objects.exists, what="the picture to be stored")
        Submission.objects.update(status=Status.FAILED, error_code="gave_up", finished_at="2026-01-01T00:00Z")
        answer = waiting.result()

    assert (answer.status, answer.body["code"]) == (422, "gave_up")


@pytest.mark.parametrize("harm", ["erased", "unknown reply"])
def test_nobody_is_left_without_an_answer(start: Start, harm: str) -> None:
    port = start(PREDICT_DEADLINE_SECONDS="4", REDIS_KEY_PREFIX="nobody-hears:")
    with ThreadPoolExecutor(1) as caller:
        waiting = caller.submit(post, port, png("7"), PNG)
        popped = dispatch.redis_client().brpop(["nobody-hears:predictions"], timeout=4)
        assert popped
        if harm == "erased":
            Submission.objects.all().delete()
        else:
            reply_of_another_version(json.loads(popped[1]))
        answer = waiting.result()

    assert (answer.status, answer.body.get("code")) == (500, "internal_error"), answer
    assert fetch(port, "/livez") == b'{"status": "ok"}'


def reply_of_another_version(message: dict[str, Any]) -> None:
    """Answer a task as a worker would that knows more than this web process."""
    (submission_ids, reply_to), _, _ = json.loads(base64.b64decode(message["body"]))
    prediction = {"text": "7", "not_known_here": True}
    replies = {one: {"status": "done", "error_code": "", "prediction": prediction} for one in submission_ids}
    said = {"task_id": message["headers"]["id"], "replies": replies}
    dispatch.redis_client().lpush(reply_to, json.dumps(said))


def test_everybody_gets_their_own_answer(port: int, worker: Process) -> None:
    texts = ["1", "2", "3", "4", "7", "12", "34", "71"] * 5
    pictures = {text: png(text) for text in texts}

    with ThreadPoolExecutor(len(texts)) as crowd:
        answers = list(crowd.map(lambda text: post(port, pictures[text], PNG), texts))

    assert [answer.body["text"] for answer in answers] == texts


def test_a_caller_who_is_slow_to_take_answers_gets_them_whole(
    tmp_path: Path, worker_env: dict[str, str], worker: Process
) -> None:
    port = free_port()
    hooks = "tests.digitsite.narrow_hooks"
    server = start_web_server(tmp_path, worker_env, port=port, threads=THREADS, hooks=hooks)
    body = png("1234" * 8)
    head = f"POST {URL}?include=preview HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\n"
    request = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body

    with socket.socket() as caller:
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        caller.settimeout(60)
        caller.connect(("127.0.0.1", port))
        caller.sendall(request * 3)
        wait_until(lambda: Submission.objects.filter(status=Status.DONE).exists(), what="the first to be read")
        answers = [_next(caller) for _ in range(3)]

    server.stop()
    assert {answer["text"] for answer in answers} == {"1234" * 8}
    assert len({answer["id"] for answer in answers}) == 3


def _next(caller: socket.socket) -> dict[str, Any]:
    response = http.client.HTTPResponse(caller)
    response.begin()
    answer: dict[str, Any] = json.loads(response.read())
    return answer
