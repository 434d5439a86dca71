"""The web server's configuration, with connections that hold very little of an answer that nobody takes."""

import socket
from typing import Any

from digitsite.gunicorn_hooks import *  # noqa: F403


def when_ready(server: Any) -> None:
    """What a listening socket says of its buffers holds for every connection that it accepts."""
    for listener in server.LISTENERS:
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
