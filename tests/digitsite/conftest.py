"""The real web server, as it is started for tests of the wire."""

from collections.abc import Iterator

import pytest

from tests.processes import free_port, start_web_server

THREADS = 2


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory, worker_env: dict[str, str]) -> Iterator[int]:
    """Of a web server with two threads."""
    port = free_port()
    server = start_web_server(tmp_path_factory.mktemp("web"), worker_env, port=port, threads=THREADS)
    yield port
    server.stop()
