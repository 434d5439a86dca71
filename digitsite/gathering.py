"""gunicorn's threaded worker, which gives a request to a thread only when all of it is there.

As gunicorn ships it, a slow caller keeps a thread, and as many of them as there are threads keep everybody else out.
And its event loop waits for each caller to hang up, for up to two seconds. Here neither can be: the event loop gathers
what is sent, and lets connections end in their own time.
"""

import json
import socket
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from select import select
from selectors import EVENT_READ
from typing import Any

from django.conf import settings
from gunicorn import http
from gunicorn.workers.gthread import TConn, ThreadWorker

from digitsite.inbox import Inbox

RECEIVE_BYTES = 2**18
LINGER_SECONDS = 2.0
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def _refusal(status: HTTPStatus, detail: str) -> bytes:
    """A whole answer, with problem details as the API has them, for what no thread ever sees."""
    title, code = status.phrase.capitalize(), status.name.lower()
    problem = {"type": "about:blank", "title": title, "status": int(status), "code": code, "detail": detail}
    body = json.dumps(problem)
    head = f"HTTP/1.1 {int(status)} {status.phrase}\r\nConnection: close\r\nContent-Type: application/problem+json"
    return f"{head}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


TOO_SLOW = _refusal(HTTPStatus.REQUEST_TIMEOUT, "The request was not all there in time.")
TOO_LONG = _refusal(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The request's header is too long.")
# As a data URL a picture has four characters for three bytes; a form adds its part headers.
MAX_BODY_BYTES = settings.MAX_BATCH_BYTES * 4 // 3 + 2**18


class GatheringWorker(ThreadWorker):  # type: ignore[misc]
    """Overrides what happens before a thread takes a request and after it has answered."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Both in the order in which they began.
        self.gathering: dict[TConn, Inbox] = {}
        self.lingering: dict[TConn, float] = {}
        self.looked_at = 0.0

    def enqueue_req(self, conn: TConn) -> None:
        """A connection is new, or readable again: gather its next request."""
        conn.sock.setblocking(False)
        if conn.parser is None:
            conn.inbox = Inbox(conn.sock, max_body=MAX_BODY_BYTES)
            conn.parser = http.get_parser(self.cfg, conn.inbox, conn.client)
        else:
            conn.inbox.begin(conn.parser.unreader.take_buffered() + conn.inbox.rest())
        self.gathering[conn] = conn.inbox
        self.poller.register(conn.sock, EVENT_READ, partial(self._receive, conn))
        self._receive(conn)

    def _receive(self, conn: TConn, _: Any = None) -> None:
        inbox: Inbox = conn.inbox
        try:
            if not inbox.is_whole:
                data = conn.sock.recv(RECEIVE_BYTES)
                if not data:
                    self._drop(conn)
                    return
                inbox.add(data)
            if inbox.expects_continue:
                inbox.expects_continue = False
                conn.sock.send(CONTINUE)
        except BlockingIOError:
            return
        except OSError:
            self._drop(conn)
            return
        if inbox.is_whole:
            self._hand_over(conn)
        elif inbox.is_too_long:
            self._refuse(conn, TOO_LONG)

    def _hand_over(self, conn: TConn) -> None:
        self.poller.unregister(conn.sock)
        del self.gathering[conn]
        conn.data_ready = True
        self.take(conn)

    def take(self, conn: TConn) -> None:
        """The connection's inbox holds a whole request, or as much of it as is gathered: give it a thread."""
        conn.inbox.open()
        super().enqueue_req(conn)

    def _drop(self, conn: TConn) -> None:
        self.poller.unregister(conn.sock)
        del self.gathering[conn]
        self._close(conn)

    def finish_request(self, conn: TConn, fs: "Future[Any]") -> None:
        """A thread is done with it. The next request on it is gathered; one that ends is not waited for."""
        if fs.cancelled() or fs.exception() or not fs.result():
            self._linger(conn)
        elif conn.inbox.has_rest:
            self.enqueue_req(conn)
        else:
            super().finish_request(conn, fs)

    def set_accept_enabled(self, enabled: bool) -> None:
        """Before it stops for good, it lets in who stands at the door, and shuts it.

        gunicorn lets go of them only when the process ends, and till then more arrive, whom nobody will ever answer.
        """
        super().set_accept_enabled(enabled)
        if enabled or self.alive:
            return
        for listener in self.sockets:
            while select([listener], [], [], 0)[0] and self.nr_conns < self.worker_connections:
                self.accept(listener)
            listener.close()

    def _keepalive_after(self, conn: TConn, keepalive: bool) -> bool:
        """Nobody waits for a body that is of no use."""
        return not conn.inbox.is_cut and bool(super()._keepalive_after(conn, keepalive))

    def _linger(self, conn: TConn) -> None:
        """Half-close, and read on until the caller hangs up: closing at once could destroy the answer on its way."""
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
            self.poller.register(conn.sock, EVENT_READ, partial(self._drain, conn))
        except (OSError, ValueError):
            self._close(conn)
            return
        self.lingering[conn] = time.monotonic()

    def _drain(self, conn: TConn, _: Any = None) -> None:
        try:
            if conn.sock.recv(RECEIVE_BYTES):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self._end(conn)

    def _end(self, conn: TConn) -> None:
        self.poller.unregister(conn.sock)
        del self.lingering[conn]
        self._close(conn)

    def _close(self, conn: TConn) -> None:
        self.nr_conns -= 1
        conn.inbox.close()
        conn.close()

    def murder_pending(self) -> None:
        """Called after each turn of the loop: give up who is too slow, and whoever began first when it is full."""
        now = time.monotonic()
        if self.nr_conns >= self.worker_connections and self.gathering:
            self._refuse(next(iter(self.gathering)))
        if now - self.looked_at < 1:
            return
        self.looked_at = now
        self._each(self.gathering, lambda inbox: inbox.is_late(now), self._refuse)
        self._each(self.lingering, lambda since: now - since > LINGER_SECONDS, self._end)

    def _each(self, those: dict[TConn, Any], condition: Callable[[Any], bool], act: Callable[[TConn], None]) -> None:
        for conn in [conn for conn, state in those.items() if condition(state)]:
            act(conn)

    def _refuse(self, conn: TConn, answer: bytes = TOO_SLOW) -> None:
        with suppress(OSError):
            conn.sock.send(answer)
        self._drop(conn)
