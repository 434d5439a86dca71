"""The web server on the wire: requests that come in pieces, several at once, too long, or never to their end."""

import http.client
import json
import os
import signal
import socket
from pathlib import Path

import pytest

from digitsite.inbox import MAX_HEAD_BYTES
from tests.digitsite.conftest import THREADS
from tests.pictures import png
from tests.processes import fetch, free_port, start_web_server, wait_until

GET = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
ASYNC = b"Prefer: respond-async\r\n"


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=60)


def post(body: bytes, *, said: bytes = b"") -> bytes:
    """A whole request, with further header lines."""
    head = b"POST /api/v1/predictions/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\n" + ASYNC
    return head + (said or b"Content-Length: %d\r\n" % len(body)) + b"\r\n" + body


def status(connection: socket.socket) -> int:
    """Of the next answer, which is read to its end."""
    response = http.client.HTTPResponse(connection)
    response.begin()
    response.read()
    return response.status


def test_a_request_in_pieces_is_one_request(port: int, transactional_db: None) -> None:
    request = post(png("7"))

    with connected(port) as connection:
        for start in range(0, len(request), 100):
            connection.sendall(request[start : start + 100])
        assert status(connection) == 202
        connection.sendall(GET)
        assert status(connection) == 200


def test_requests_sent_in_one_piece_are_all_answered(port: int, transactional_db: None) -> None:
    with connected(port) as connection:
        connection.sendall(GET + post(png("7")) + GET + GET[:10])
        answers = b""
        while answers.count(b"HTTP/1.1 ") < 3:
            answers += connection.recv(65536)
        connection.sendall(GET[10:])
        while answers.count(b"HTTP/1.1 ") < 4:
            answers += connection.recv(65536)

    assert answers.count(b"HTTP/1.1 200") == 3
    assert answers.count(b"HTTP/1.1 202") == 1


def test_a_large_body_arrives_whole(port: int, transactional_db: None) -> None:
    with connected(port) as connection:
        connection.sendall(post(png("7") + os.urandom(3 * 2**20)))

        assert status(connection) == 202


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        (post(b"", said=b"Content-Length: 999999999\r\n"), 413),
        (post(b"", said=b"Content-Length: 99999999999999999999999999\r\n"), 413),
        (post(b"", said=b"Content-Length: abc\r\n"), 400),
        (post(b"5\r\nabcde\r\n", said=b"Transfer-Encoding: chunked\r\n"), 400),
        (b"GET /livez HTTP/1.1\r\nX: " + b"a" * MAX_HEAD_BYTES, 431),
    ],
    ids=["too long", "absurdly long", "no length", "chunks without end", "a head without end"],
)
def test_what_will_not_be_taken_is_refused_at_once(port: int, request_: bytes, answer: int) -> None:
    with connected(port) as connection:
        connection.sendall(request_)

        assert status(connection) == answer


def test_a_head_without_end_is_refused_in_a_sentence(port: int) -> None:
    with connected(port) as connection:
        connection.sendall(b"GET /livez HTTP/1.1\r\nX: " + b"a" * MAX_HEAD_BYTES)
        response = http.client.HTTPResponse(connection)
        response.begin()
        problem = json.loads(response.read())

    assert response.headers["Content-Type"] == "application/problem+json"
    assert (problem["status"], problem["code"]) == (431, "request_header_fields_too_large")
    assert problem["detail"] == "The request's header is too long."


def test_who_asks_whether_to_go_on_is_told(port: int, transactional_db: None) -> None:
    picture = png("7")

    with connected(port) as connection:
        connection.sendall(post(b"", said=b"Content-Length: %d\r\nExpect: 100-continue\r\n" % len(picture)))
        assert connection.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(picture)
        assert status(connection) == 202


def test_callers_who_never_finish_keep_no_thread(port: int) -> None:
    begun = [b"", b"GET /li", post(b"\x89PNG", said=b"Content-Length: 1000\r\n")]
    crowd = [connected(port) for _ in range(5 * THREADS)]
    for number, caller in enumerate(crowd):
        caller.sendall(begun[number % len(begun)])

    assert fetch(port, "/livez") == b'{"status": "ok"}'
    for caller in crowd:
        caller.close()


def test_callers_who_never_hang_up_keep_nobody_waiting(port: int) -> None:
    crowd = [connected(port) for _ in range(5 * THREADS)]
    for caller in crowd:
        caller.sendall(GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))

    assert [status(caller) for caller in crowd] == [200] * len(crowd)
    assert fetch(port, "/livez") == b'{"status": "ok"}'
    for caller in crowd:
        caller.close()


def test_who_stands_at_the_door_when_the_stop_comes_is_answered(tmp_path: Path, worker_env: dict[str, str]) -> None:
    port = free_port()
    server = start_web_server(tmp_path, worker_env, port=port, threads=THREADS)
    server.send(signal.SIGSTOP)
    crowd = [connected(port) for _ in range(5)]
    for caller in crowd:
        caller.sendall(GET)

    os.kill(server.pid, signal.SIGTERM)
    server.send(signal.SIGCONT)

    assert [status(caller) for caller in crowd] == [200] * len(crowd)
    for caller in crowd:
        caller.close()
    wait_until(lambda: not server.alive(), what="the web server to stop")
    assert server.exit_code == 0
