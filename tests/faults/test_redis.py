"""Redis that hangs, dies, is emptied or is full."""

import signal
import time

import pytest

from tests.faults.invariant import check
from tests.faults.service import Service


@pytest.fixture(params=["sqlite_service", "postgres_service"], ids=["unix", "tcp"])
def service(request: pytest.FixtureRequest) -> Service:
    """A service whose Redis listens on a unix socket, and one that reaches it over TCP."""
    service: Service = request.getfixturevalue(request.param)
    service.heal()
    return service


def test_redis_hangs(service: Service, outage: float) -> None:
    said = complaints(service)

    with service.load() as load:
        load.wait_for(3)
        service.redis.send(signal.SIGSTOP)
        time.sleep(outage)
        service.redis.send(signal.SIGCONT)
        load.wait_for(3)

    check(service, load.answers, fault=f"Redis stopped for {outage:g} s ({kind(service)})")
    service.wait_ready()
    assert complaints(service) == [times + 1 for times in said], service.web.output()[-3000:]


def test_redis_is_killed_with_all_it_held(service: Service, outage: float) -> None:
    said = complaints(service)

    with service.load() as load:
        load.wait_for(3)
        service.redis.kill()
        time.sleep(outage)
        service.redis.start()
        load.wait_for(3)

    check(service, load.answers, fault=f"Redis killed, back empty after {outage:g} s ({kind(service)})")
    service.wait_ready()
    assert complaints(service) == [times + 1 for times in said], service.web.output()[-3000:]


def complaints(service: Service) -> list[int]:
    """How often the web server's log has said that no answers come, and that they come again."""
    lines = service.web.output().splitlines()
    return [sum(f"]: {word}No answer comes from workers" in line for line in lines) for word in ("", "Over: ")]


def test_redis_is_emptied(service: Service, times: int) -> None:
    with service.load() as load:
        for _ in range(times):
            load.wait_for(5)
            service.client().flushall()
        load.wait_for(5)

    check(service, load.answers, fault=f"Redis flushed {times} times ({kind(service)})")
    service.wait_ready()


def test_redis_is_full(service: Service, outage: float) -> None:
    client = service.client()
    client.config_set("maxmemory-policy", "noeviction")

    with service.load() as load:
        load.wait_for(3)
        client.config_set("maxmemory", "1mb")
        time.sleep(outage)
        client.config_set("maxmemory", "0")
        load.wait_for(3)

    check(service, load.answers, fault=f"Redis full for {outage:g} s ({kind(service)})")
    service.wait_ready()


def kind(service: Service) -> str:
    """How its Redis is reached."""
    return "unix socket" if service.redis_url.startswith("unix") else "TCP"
