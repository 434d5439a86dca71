"""The web server's end of the express: plain requests, gathered by the event loop, get no thread at all."""

from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.http import http_date
from django.utils.module_loading import import_string
from gunicorn.workers.gthread import TConn

from digitsite.gathering import GatheringWorker
from digitsite.inbox import Inbox
from digitsite.middleware import TrustedProxyMiddleware

KEPT: "Future[bool]" = Future()
KEPT.set_result(True)
ENDED: "Future[bool]" = Future()
ENDED.set_result(False)


@dataclass(frozen=True, slots=True)
class Sent:
    """What is left to send of an answer, and whether the connection stays open after it."""

    left: bytes
    keeps: bool


class ExpressWorker(GatheringWorker):
    """Hands plain requests to what `settings.EXPRESS` names, and sends what comes back."""

    def load_wsgi(self) -> None:
        """In the process that answers, for the express has threads."""
        super().load_wsgi()
        self.express = import_string(settings.EXPRESS)(self._take_back, TrustedProxyMiddleware(HttpResponse).settle)

    def take(self, conn: TConn) -> None:
        """A plain request goes by the express, any other gets a thread."""
        if not self._goes_by_express(conn):
            super().take(conn)

    def _goes_by_express(self, conn: TConn) -> bool:
        inbox: Inbox = conn.inbox
        is_small = inbox.body_size <= self.express.MAX_BODY_BYTES and not inbox.is_cut
        head = self.express.parse_head(inbox.head) if is_small else None
        if head is None:
            return False
        head.meta["REMOTE_ADDR"] = conn.client[0] if isinstance(conn.client, tuple) else ""
        self.express.take(conn, head, inbox.take_body())
        return True

    def _take_back(self, settled: list[tuple[TConn, Any]]) -> None:
        """Called from other threads: the express is done with these; one without an answer goes the ordinary way.

        Answers are sent at once. The event loop wakes only when this thread waits for something, and meanwhile nothing
        else touches these connections.
        """
        sent = [(conn, answer and self._send(conn, answer)) for conn, answer in settled]
        self.method_queue.defer(self._settle, sent)

    def _send(self, conn: TConn, answer: Any) -> Sent:
        keeps = self.alive and not answer.closes and len(self.keepalived_conns) < self.max_keepalived
        said = f"Server: gunicorn\r\nDate: {http_date()}\r\nConnection: {'keep-alive' if keeps else 'close'}\r\n\r\n"
        data = answer.head + said.encode() + answer.body
        try:
            return Sent(data[conn.sock.send(data) :], keeps)
        except BlockingIOError:
            return Sent(data, keeps)
        except OSError:
            return Sent(b"", keeps=False)

    def _settle(self, settled: list[tuple[TConn, Sent | None]]) -> None:
        for conn, sent in settled:
            if sent is None:
                super().take(conn)
            elif sent.left:
                self._send_in_thread(conn, sent)
            else:
                self.finish_request(conn, KEPT if sent.keeps else ENDED)

    def _send_in_thread(self, conn: TConn, sent: Sent) -> None:
        """A caller who is slow to take the answer costs a thread, as with any other answer."""

        def send() -> bool:
            conn.sock.setblocking(True)
            conn.sock.sendall(sent.left)
            return sent.keeps

        self.tpool.submit(send).add_done_callback(partial(self.method_queue.defer, self.finish_request, conn))
