"""The documented deployment behind nginx: restarts nobody notices, and what the proxy keeps from the service."""

import http.client
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.conftest import LONG, in_reach
from tests.faults.databases import Postgres
from tests.faults.fleet import Fleet
from tests.faults.invariant import check
from tests.faults.load import PATH, connect, picture
from tests.processes import Process, free_port, wait_until

ROUNDS = 5 if LONG else 1


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """All of it, running."""
    folder = in_reach(tmp_path_factory.mktemp("fleet"))
    fleet = Fleet(folder, Postgres(folder / "cluster", port=free_port()))
    try:
        fleet.start()
        wait_until(lambda: answers(fleet.addresses[1]), what="the second web host to answer")
        yield fleet
    finally:
        fleet.stop()


def answers(address: tuple[str, int]) -> bool:
    """Whether a web server takes requests there."""
    try:
        return bool(ask(connect(address), "GET", "/livez")[0] == http.client.OK)
    except OSError:
        return False


def ask(connection: http.client.HTTPConnection, method: str, path: str, body: bytes = b"", **headers: str) -> Any:
    """Status, headers and body of an answer."""
    try:
        connection.request(
            method, path, body or None, {name.replace("_", "-"): text for name, text in headers.items()}
        )
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


def test_a_new_version_comes_without_a_gap(fleet: Fleet) -> None:
    with fleet.load(users=8) as load:
        load.wait_for(10)
        for _ in range(ROUNDS):
            fleet.manage("migrate", "--verbosity", "0")
            for worker in fleet.workers:
                restart(worker)
                wait_until(lambda: said_ready(worker), what="the worker to be ready", timeout=240)  # noqa: B023
                load.wait_for(5)
            for web, address in zip(fleet.webs, fleet.addresses, strict=True):
                restart(web)
                wait_until(lambda: answers(address), what="the web host to answer", timeout=240)  # noqa: B023
                load.wait_for(5)
            restart(fleet.beat)
        load.wait_for(10)

    check(fleet, load.answers, fault=f"all processes restarted in turn, {ROUNDS} times, behind nginx")
    assert set(load.counts()) <= {201, 202}, str(load)


def restart(process: Process) -> None:
    """As systemd does."""
    os.kill(process.pid, signal.SIGTERM)
    wait_until(lambda: not process.alive(), what="it to end")
    assert process.exit_code == 0, process.output()[-2000:]
    process.start()


def said_ready(worker: Process) -> bool:
    """Whether its log, since its last start, says so."""
    return worker.output().count(" ready.") > worker.output().count("worker: Warm shutdown")


def test_who_calls_is_told_by_the_proxy_alone(fleet: Fleet) -> None:
    def left(source: str, claimed: str) -> int:
        """How many requests the caller from this address has left, who claims to be another."""
        connection = connect(fleet.proxy.address, fleet.proxy.tls, source_address=(source, 0))
        claims = {"X_Forwarded_For": claimed, "Forwarded": f"for={claimed}", "X_Real_IP": claimed}
        _, headers, _ = ask(connection, "POST", PATH, b"no picture", Content_Type="image/png", **claims)
        return int(headers["RateLimit-Remaining"])

    first = left("127.0.0.20", "203.0.113.1")
    assert left("127.0.0.20", "203.0.113.2") < first, "another address was believed"
    assert left("127.0.0.21", "127.0.0.20") == first, "two callers are taken for one"


def test_past_the_proxy_nobody_is_believed(fleet: Fleet) -> None:
    stranger = connect(fleet.addresses[1], source_address=("127.0.0.22", 0))
    proxy = connect(fleet.addresses[1])

    assert ask(stranger, "GET", "/", X_Forwarded_Proto="https")[0] == http.client.MOVED_PERMANENTLY
    assert ask(proxy, "GET", "/", X_Forwarded_Proto="https")[0] == http.client.OK


def test_plain_http_is_sent_to_https(fleet: Fleet) -> None:
    status, headers, _ = ask(connect(fleet.proxy.redirecting), "GET", "/some?thing=1")

    assert (status, headers["Location"]) == (308, f"https://{fleet.proxy.redirecting[0]}/some?thing=1")


@pytest.mark.parametrize("path", ["/metrics", "/readyz"])
def test_what_is_for_inside_is_hidden(fleet: Fleet, path: str) -> None:
    assert ask(connect(fleet.proxy.address, fleet.proxy.tls), "GET", path)[0] == http.client.NOT_FOUND


@pytest.mark.parametrize(
    ("megabytes", "sent", "code"), [(30, 30, "image_too_large"), (100, 0, "too_large")], ids=["the service", "nginx"]
)
def test_what_is_too_large_is_refused_in_a_sentence(fleet: Fleet, megabytes: int, sent: int, code: str) -> None:
    connection = connect(fleet.proxy.address, fleet.proxy.tls)
    said = {"Content_Type": "image/png", "Content_Length": str(megabytes * 2**20)}

    status, headers, body = ask(connection, "POST", PATH, bytes(sent * 2**20), **said)

    assert (status, headers["Content-Type"]) == (413, "application/problem+json")
    problem = json.loads(body)
    assert problem["code"] == code
    assert problem["detail"].endswith(".")


def test_a_slow_sender_keeps_only_the_proxy_busy(fleet: Fleet) -> None:
    wait_until(lambda: not connections(fleet.addresses), what="idle connections to the web hosts to be closed")
    body = picture("7")
    slow = [connect(fleet.proxy.address, fleet.proxy.tls) for _ in range(40)]
    for connection in slow:
        connection.putrequest("POST", PATH)
        connection.putheader("Content-Type", "image/png")
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body[:100])

    quick = ask(connect(fleet.proxy.address, fleet.proxy.tls), "POST", PATH, body, Content_Type="image/png")
    assert quick[0] == http.client.CREATED
    assert len(connections(fleet.addresses)) <= 1, "nginx passes on what is not all there"
    for connection in slow:
        connection.send(body[100:])
    assert {connection.getresponse().status for connection in slow} <= {201, 202}
    for connection in slow:
        connection.close()


def connections(addresses: list[tuple[str, int]]) -> list[str]:
    """Connections that stand to one of these ports of loopback."""
    ports = {f":{port:04X}" for _, port in addresses}
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return [line[1] for line in lines if line[2][8:] in ports and line[3] == "01"]
