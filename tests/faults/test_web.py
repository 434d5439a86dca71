"""Web servers that are killed or told to stop, and callers who are slow or many."""

import os
import signal
import socket
import time

from tests.faults.invariant import check
from tests.faults.load import NO_ANSWER, Load
from tests.faults.service import Service
from tests.faults.test_workers import children
from tests.processes import wait_until

SLOW = 200


def test_the_web_server_is_killed_again_and_again(service: Service, times: int) -> None:
    with service.load() as load:
        for _ in range(times):
            load.wait_for(3)
            service.web.kill()
            service.web.start()
        load.wait_for(3)

    check(service, load.answers, fault=f"web server killed {times} times", broken=True)


def test_a_web_process_is_killed_again_and_again(service: Service, times: int) -> None:
    with service.load() as load:
        for _ in range(times):
            load.wait_for(3)
            os.kill(children(service.web.pid)[0], signal.SIGKILL)
        load.wait_for(3)

    check(service, load.answers, fault=f"web process killed {times} times", broken=True)


def test_a_web_server_that_is_told_to_stop_answers_what_it_has_taken(service: Service) -> None:
    with service.load() as load:
        load.wait_for(3)
        os.kill(service.web.pid, signal.SIGTERM)
        wait_until(lambda: not service.web.alive(), what="the web server to stop")
        service.web.start()
        load.wait_for(3)

    assert broken_off(load) == [], "a request that had been taken got no answer"
    check(service, load.answers, fault="web server told to stop (SIGTERM)", broken=True)


def broken_off(load: Load) -> list[str]:
    """How connections ended that had been taken; those that still stood before the door did no harm."""
    ended = [answer.body for answer in load.answers if answer.status == NO_ANSWER]
    return [error for error in ended if not error.startswith(("ConnectionRefusedError", "ConnectionResetError("))]


def test_slow_callers_keep_nobody_else_waiting(service: Service, outage: float) -> None:
    head = b"POST /api/v1/predictions/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\n"
    begun = [b"", b"POST /api/v1/pred", head, head + b"Content-Length: 10000\r\n\r\n\x89PNG"]
    crowd = [socket.create_connection(service.address) for _ in range(SLOW)]
    try:
        with service.load() as load:
            end = time.monotonic() + outage
            for number, caller in enumerate(crowd):
                caller.sendall(begun[number % len(begun)])
            while time.monotonic() < end:
                trickle(crowd)
                time.sleep(0.5)
            load.wait_for(20)
    finally:
        for caller in crowd:
            caller.close()

    check(service, load.answers, fault=f"{SLOW} slow connections for {outage:g} s")


def trickle(crowd: list[socket.socket]) -> None:
    """One byte more from each."""
    for caller in crowd:
        try:
            caller.send(b"x")
        except OSError:
            continue
