"""What a connection has sent so far: enough of it is understood to know when a request is all there."""

import re
import socket
import tempfile
import time

MAX_HEAD_BYTES = 64 * 2**10
IN_MEMORY_BYTES = 2**20
HEAD_SECONDS = 15.0
IDLE_SECONDS = 15.0
END_OF_HEAD = b"\r\n\r\n"
CONTENT_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
EXPECTS_CONTINUE = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*\r\n", re.IGNORECASE)


def _empty() -> "tempfile.SpooledTemporaryFile[bytes]":
    return tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)


class Inbox:
    """Gathers one request, then stands where the parser expects the socket.

    A body longer than a megabyte lies in a temporary file. A body of unknown length, or one longer than the service
    takes, is not gathered: the application refuses it unread.

    `is_whole`: it can be answered. `is_cut`: its body is not gathered. `expects_continue`: the caller waits for 100.
    `head`: all before the empty line, once that has come.

    Args:
        sock: the connection.
        max_body: bytes of the longest body that is gathered.
    """

    def __init__(self, sock: socket.socket, *, max_body: int) -> None:
        self.sock, self.max_body = sock, max_body
        self._stored = _empty()
        self.begin(b"")

    def begin(self, data: bytes) -> None:
        """Gather the next request; `data` of it came along with the one before."""
        self.close()
        self._stored = _empty()
        self.began = self.heard = time.monotonic()
        self.expects_continue = self.is_whole = self.is_cut = False
        self.head = b""
        self._head = bytearray()
        self._size = 0
        self._length: int | None = None
        if data:
            self.add(data)

    def add(self, data: bytes) -> None:
        """Take in what was just received."""
        self.heard = time.monotonic()
        self._stored.write(data)
        self._size += len(data)
        if self._length is None:
            self._head += data
            self._look_at_head()
        self.is_whole = self._length is not None and self._size >= self._length

    def _look_at_head(self) -> None:
        end = self._head.find(END_OF_HEAD)
        if end < 0:
            return
        head = bytes(self._head[: end + 2])
        self.head = head[:end]
        said = CONTENT_LENGTH.search(head)
        body = int(said[1]) if said else 0
        self.is_cut = body > self.max_body or bool(CHUNKED.search(head))
        self._length = end + len(END_OF_HEAD) + (0 if self.is_cut else body)
        self.expects_continue = bool(EXPECTS_CONTINUE.search(head)) and self._size < self._length
        self._head.clear()

    @property
    def is_too_long(self) -> bool:
        """Whether the head does not end where any honest one does."""
        return self._length is None and self._size > MAX_HEAD_BYTES

    def is_late(self, now: float) -> bool:
        """Whether the caller is given up: no head within HEAD_SECONDS, or nothing at all for IDLE_SECONDS."""
        return now - self.heard > IDLE_SECONDS or (self._length is None and now - self.began > HEAD_SECONDS)

    def close(self) -> None:
        """Nothing of it will be read."""
        self._stored.close()

    @property
    def body_size(self) -> int:
        """Bytes in the body of a request that is whole."""
        return (self._length or 0) - self._start

    @property
    def _start(self) -> int:
        return len(self.head) + len(END_OF_HEAD)

    def open(self) -> None:
        """From now on it is read."""
        self._stored.seek(0)

    def take_body(self) -> bytes:
        """The body of a request that is whole, which counts as read with it."""
        self._stored.seek(self._start)
        return self._stored.read(self.body_size)

    @property
    def has_rest(self) -> bool:
        """Whether more was gathered than the parser has taken."""
        return self._stored.tell() < self._size

    def rest(self) -> bytes:
        """What was gathered and not read: the next request's beginning."""
        return self._stored.read()

    # What the parser asks of a socket.

    def recv(self, size: int) -> bytes:
        """What was gathered, then what the socket has."""
        return self._stored.read(size) or self.sock.recv(size)

    def gettimeout(self) -> float | None:
        """The socket's."""
        return self.sock.gettimeout()

    def settimeout(self, seconds: float | None) -> None:
        """The socket's."""
        self.sock.settimeout(seconds)
