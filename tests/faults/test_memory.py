"""A worker's memory over many predictions."""

import signal

import pytest

from tests.faults.conftest import LONG
from tests.faults.service import Service

COUNT = 100_000 if LONG else 800
# Megabytes between a tenth of the way, when all is warm, and its end.
ROOM = 30


@pytest.mark.timeout(3000 if LONG else 300)
def test_memory_is_flat(service: Service) -> None:
    worker, other = service.workers
    other.send(signal.SIGSTOP)
    try:
        said = service.python("-m", "tests.faults.feed", str(COUNT), str(worker.pid))
    finally:
        other.send(signal.SIGCONT)

    print(said)
    memory = [int(line.split()[1]) for line in said.splitlines()]
    assert memory[-1] - memory[0] < ROOM, said
