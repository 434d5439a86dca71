"""Clocks that are put forward and back, and that differ between hosts."""

import signal
from pathlib import Path

from tests.faults.invariant import check
from tests.faults.load import Load
from tests.faults.service import Service, hexadecimal
from tests.faults.test_workers import instead_of_workers
from tests.processes import Process, wait_until

HOUR = 3600


def test_a_worker_s_clock_is_moved(service: Service, tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    clock.write_text("0")
    worker = service.worker("astray", app="tests.faults.astray_worker", env={"FAULTS_CLOCK": str(clock)})

    with instead_of_workers(service, worker), service.load(users=2) as load:
        for moved in (HOUR, -HOUR, 0):
            clock.write_text(str(moved))
            load.wait_for(2)
            # What is lost at this time must be found again by this clock.
            lost = lose_one(service, worker, load)
            wait_until(lambda: service.statuses()[lost] == "done", what=f"it at {moved}")  # noqa: B023

    check(service, load.answers, fault="worker's clock put forward and back by an hour")


def lose_one(service: Service, worker: Process, load: Load) -> str:
    """Have a picture stored whose task Redis forgets before the worker sees it; its id."""
    for _ in range(10):
        worker.send(signal.SIGSTOP)
        answer = service.send("7", prefer="respond-async")
        service.client().flushall()
        worker.send(signal.SIGCONT)
        if answer.status == 202:
            return hexadecimal(answer.id)
        # It was stopped while it wrote, and kept SQLite's lock: nothing could be stored meanwhile.
        assert answer.status == 503, answer
        load.wait_for(1)
    raise AssertionError("Stopped ten times, it held the lock each time.")
