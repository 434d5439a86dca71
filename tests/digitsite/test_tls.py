"""Redis behind TLS: both libraries that talk to it believe only a certificate that they can check."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import kombu
import pytest
import redis

from digitsite.environment import broker_url
from tests.certificates import self_signed
from tests.processes import Process, free_port, wait_until


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for localhost, its key beside it as key.pem."""
    return self_signed(tmp_path_factory.mktemp("tls"), "DNS:localhost")


@pytest.fixture(scope="module")
def tls_url(certificate: Path) -> Iterator[str]:
    """A Redis server that speaks nothing but TLS and asks for a password."""
    if not shutil.which("redis-server"):
        pytest.skip("no redis-server on this machine")
    port, folder = free_port(), certificate.parent
    files = ("--tls-cert-file", str(certificate), "--tls-key-file", str(folder / "key.pem"))
    options = ("--port", "0", "--tls-port", str(port), "--tls-auth-clients", "no", "--requirepass", "secret")
    server = Process(
        ["redis-server", *options, *files, "--tls-ca-cert-file", str(certificate), "--save", "", "--dir", str(folder)],
        log=folder / "redis.log",
    )
    server.start()
    wait_until(lambda: "Ready to accept connections" in server.output(), what=f"Redis with TLS: {server.output()}")
    yield f"rediss://:secret@localhost:{port}/0"
    server.kill()


def broker_answers(url: str) -> bool:
    """Whether Celery's connection comes about. Raises what keeps it from that."""
    with kombu.Connection(broker_url(url)) as connection:
        connection.ensure_connection(max_retries=0, timeout=5)
        return connection.connected


def test_a_certificate_of_a_known_authority(tls_url: str, certificate: Path) -> None:
    url = f"{tls_url}?ssl_ca_certs={certificate}"

    assert redis.Redis.from_url(url).ping()
    assert broker_answers(url)


def test_a_stranger_is_told_no_password(tls_url: str) -> None:
    with pytest.raises(redis.ConnectionError, match="CERTIFICATE_VERIFY_FAILED"):
        redis.Redis.from_url(tls_url).ping()
    with pytest.raises(kombu.exceptions.OperationalError, match="CERTIFICATE_VERIFY_FAILED"):
        broker_answers(tls_url)


def test_other_urls_are_left_as_they_are() -> None:
    assert broker_url("unix:///run/redis.sock") == "redis+socket:///run/redis.sock"
    assert broker_url("redis://:secret@host:6379/0") == "redis://:secret@host:6379/0"
    assert broker_url("rediss://host?ssl_cert_reqs=none") == "rediss://host?ssl_cert_reqs=none"
