"""Several hosts for real: the web on one, workers on two, PostgreSQL and Redis on a fourth; one worker is cut off."""

import time
from collections.abc import Iterator

import pytest

from tests.faults import hosts
from tests.faults.conftest import in_reach
from tests.faults.databases import Postgres
from tests.faults.hosts import Network
from tests.faults.invariant import check
from tests.faults.service import Service

WEB_PORT, REDIS_PORT, POSTGRES_PORT = 8000, 6379, 5432


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    """Four hosts."""
    if reason := hosts.why_not():
        pytest.skip(reason)
    with Network() as network:
        yield network


@pytest.fixture(scope="module")
def spread_service(network: Network, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service on four hosts, ready."""
    folder = in_reach(tmp_path_factory.mktemp("hosts"))
    data = network.address("data")
    places = {"redis": "data", "web": "web", "beat": "web", "worker1": "worker1", "worker2": "worker2"}
    service = Service(
        folder,
        Postgres(folder / "cluster", host=data, port=POSTGRES_PORT, prefix=network.on("data")),
        redis_url=f"redis://{data}:{REDIS_PORT}/0",
        address=(network.address("web"), WEB_PORT),
        prefixes={name: network.on(place) for name, place in places.items()},
    )
    try:
        service.start()
        yield service
    finally:
        service.stop()


def test_a_worker_host_is_cut_off_and_comes_back(network: Network, spread_service: Service, outage: float) -> None:
    service = spread_service

    with service.load() as load:
        load.wait_for(5)
        network.cut("worker1")
        began = time.monotonic()
        load.wait_for(5)
        time.sleep(max(0.0, outage - (time.monotonic() - began)))
        network.mend("worker1")
        load.wait_for(5)

    check(service, load.answers, fault=f"worker host cut off for {outage:g} s")
    service.workers[1].stop()
    with service.load(users=2) as load:
        load.wait_for(3, timeout=150)
    service.workers[1].start()
    check(service, load.answers, fault="worker host back, the other one stopped")
