"""Errors reach the tracker that SENTRY_DSN names, over real HTTP, and nothing else does."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest

from tests.test_door import manage

KEY = "a-key-for-one-test-" * 3


@pytest.fixture
def tracker() -> Iterator[HTTPServer]:
    """A server that keeps what it is sent, in `received`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            # The tracker's client compresses with the best of what is installed; httpx knows each of them.
            encoding = {"Content-Encoding": self.headers.get("Content-Encoding", "identity")}
            received.append(httpx.Response(200, headers=encoding, content=body).content)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Silent."""

    received: list[bytes] = []
    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.received = received  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_error_is_sent(tracker: HTTPServer) -> None:
    code = "import logging; picture = 'private'; logging.getLogger('recognizer').error('It broke')"
    dsn = f"http://key@127.0.0.1:{tracker.server_port}/1"

    done = manage("shell", "--no-imports", "-c", code, SECRET_KEY=KEY, SENTRY_DSN=dsn)

    sent = b"".join(tracker.received)  # type: ignore[attr-defined]
    assert done.returncode == 0, done.stderr
    assert b"It broke" in sent
    assert KEY.encode() not in sent


def test_a_mistyped_dsn_stops_the_start() -> None:
    started = manage("check", SECRET_KEY=KEY, SENTRY_DSN="nonsense")

    assert started.returncode != 0
    assert "SENTRY_DSN" in started.stderr
    assert "nonsense" not in started.stderr
