"""Receivers of webhooks on loopback, of the sorts that there are: willing, slow, failing, redirecting."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseRequestHandler, ThreadingTCPServer


@dataclass(frozen=True)
class Request:
    """What came in."""

    path: str
    headers: dict[str, str]
    body: bytes


# Answers a request with status and headers; may take its time.
Answer = Callable[[Request], tuple[int, dict[str, str]]]


@dataclass
class Receiver:
    """A real HTTP server that notes what it is told."""

    answer: Answer = lambda _: (204, {})
    received: list[Request] = field(default_factory=list)
    port: int = 0
    scheme: str = "http"

    def url(self, host: str = "127.0.0.1") -> str:
        """Where it listens."""
        return f"{self.scheme}://{host}:{self.port}/told?by=digits"

    @property
    def ids(self) -> list[str]:
        """The ids of what came in."""
        return [request.headers["webhook-id"] for request in self.received]


@contextmanager
def listening(answer: Answer | None = None, *, tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver that answers so, 204 without an answer, until the block ends."""
    receiver = Receiver(answer or Receiver.answer, scheme="https" if tls else "http")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.path, headers, body)
            receiver.received.append(request)
            status, headers = receiver.answer(request)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        do_GET = do_POST

        def log_message(self, format: str, *args: object) -> None:
            pass

        def handle(self) -> None:
            # Who hung up because it took too long does not wait for an answer.
            try:
                super().handle()
            except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
                self.close_connection = True

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def talking(head: bytes, more: bytes) -> Iterator[int]:
    """A server that says `head` to whoever connects, and then `more`, ten times a second; the value is its port."""
    over = threading.Event()

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                self.request.sendall(head)
                while not over.wait(0.1):
                    self.request.sendall(more)

    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield server.server_address[1]
        over.set()
        server.shutdown()
