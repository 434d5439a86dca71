"""Where webhooks may go, in whatever way an address is spelled."""

import asyncio
import ipaddress
import socket
import ssl
import subprocess
from pathlib import Path
from typing import Any

import pytest

from recognizer import delivery, destinations
from recognizer.delivery import Message, Outcome
from recognizer.outbox import Problem
from tests.recognizer.receivers import listening

LOOPBACK = ipaddress.ip_network("127.0.0.0/8")


def send(url: str) -> Outcome:
    """One attempt."""
    return asyncio.run(delivery.send(Message("1", url, {"webhook-id": "1"}, b"{}")))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd12:3456::1",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "64:ff9b::127.0.0.1",
        "64:ff9b:1::7f00:1",
        "2002:7f00:1::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "100::1",
    ],
)
def test_what_is_inside_is_refused(address: str) -> None:
    assert not destinations.allowed(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "93.184.216.34", "172.32.0.1", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1"],
)
def test_what_is_outside_is_allowed(address: str) -> None:
    assert destinations.allowed(ipaddress.ip_address(address))


def test_networks_that_are_named_are_allowed_and_no_more(settings: Any) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = [ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("fd00::/8")]

    allowed = ["10.1.2.3", "::ffff:10.1.2.3", "fd00::1", "1.1.1.1"]
    refused = ["127.0.0.1", "192.168.0.1", "::1"]

    assert all(destinations.allowed(ipaddress.ip_address(address)) for address in allowed)
    assert not any(destinations.allowed(ipaddress.ip_address(address)) for address in refused)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "0x7f000001", "2130706433", "0", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_no_spelling_of_this_machine_is_reached(settings: Any, host: str) -> None:
    settings.WEBHOOK_ALLOW_HTTP = True
    with listening() as receiver:
        outcome = send(receiver.url(host))

    assert outcome.problem in (Problem.INTERNAL, Problem.UNRESOLVED)
    assert receiver.received == []


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "example.org",
        "https://",
        "https://ada:secret@example.org/",
        "https://example.org/#top",
        "https://example.org:99999/",
        "https://exa mple.org/",
        "https://[::1/",
        "",
    ],
)
def test_urls_that_no_webhook_can_go_to(url: str) -> None:
    with pytest.raises(destinations.BadUrlError):
        destinations.parse(url)
    assert send(url).problem == Problem.BAD_URL


def test_a_name_without_an_address() -> None:
    assert send("https://nobody.invalid/").problem == Problem.UNRESOLVED


def test_a_name_that_leads_both_ways_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    answer_with(monkeypatch, ["1.1.1.1", "127.0.0.1"])

    assert send("https://both.example/").problem == Problem.INTERNAL


def test_a_name_is_asked_once_and_what_was_checked_is_connected_to(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS, settings.WEBHOOK_ALLOW_HTTP = [LOOPBACK], True
    # The next answer would lead elsewhere, where nothing listens.
    asked = answer_with(monkeypatch, ["127.0.0.1"], ["127.0.0.2"])

    with listening() as receiver:
        outcome = send(receiver.url("rebinding.example"))

    assert outcome.response_status == 204
    assert receiver.received[0].headers["host"] == f"rebinding.example:{receiver.port}"
    assert asked == ["rebinding.example"]


def test_the_next_address_is_tried_when_nobody_listens_at_the_first(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS, settings.WEBHOOK_ALLOW_HTTP = [LOOPBACK], True
    answer_with(monkeypatch, ["127.0.0.2", "127.0.0.1"])

    with listening() as receiver:
        assert send(receiver.url("two.example")).response_status == 204


def answer_with(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Let names have these addresses, one answer after the other; returns the names asked for."""
    asked: list[str] = []
    genuine = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if not str(host).endswith(".example"):
            return genuine(host, port, *args, **kwargs)
        asked.append(str(host))
        addresses = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


def certificate(folder: Path, name: str) -> Path:
    """A certificate for this name that nobody signed, with its key."""
    path = folder / f"{name}.pem"
    subject = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
    files = ["-keyout", str(path), "-out", str(folder / f"{name}.crt")]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject, *files]
    subprocess.run(command, check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + (folder / f"{name}.crt").read_bytes())
    return path


def test_the_certificate_must_be_for_the_name_not_for_the_address(
    monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = [LOOPBACK]
    path = certificate(tmp_path, "good.example")
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(path)
    names: list[str | None] = []
    server.sni_callback = lambda _, name, __: names.append(name)
    answer_with(monkeypatch, ["127.0.0.1"])

    with listening(tls=server) as receiver:
        assert send(receiver.url("good.example")).problem == Problem.TLS, "nobody we know has signed it"
        delivery.trust().load_verify_locations(cafile=str(path))
        try:
            good, bad = send(receiver.url("good.example")), send(receiver.url("bad.example"))
        finally:
            delivery.trust.cache_clear()

    assert good.response_status == 204
    assert bad.problem == Problem.TLS
    assert names == ["good.example", "good.example", "bad.example"]
    assert len(receiver.received) == 1
