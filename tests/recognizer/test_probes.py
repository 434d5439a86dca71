"""Readiness is honest, and cheap for the service however many ask."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from recognizer import dispatch, probes
from tests.processes import wait_until


def test_a_crowd_shares_one_look(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[float] = []
    clock: list[float] = []
    first_look, go_on = threading.Event(), threading.Event()

    def monotonic() -> float:
        clock.append(time.perf_counter())
        return clock[-1]

    def look(*, timeout: float) -> bool:
        looks.append(timeout)
        first_look.set()
        return go_on.wait(30)

    monkeypatch.setattr(dispatch, "worker_answers", look)
    monkeypatch.setattr(probes, "database_answers", lambda: True)
    monkeypatch.setattr(probes, "time", SimpleNamespace(monotonic=monotonic))
    readiness = probes.Readiness()
    with ThreadPoolExecutor(9) as pool:
        early = pool.submit(readiness.checks)
        assert first_look.wait(30)
        crowd = [pool.submit(readiness.checks) for _ in range(8)]
        # One look at the clock when the first asked, one when its look began, and one for each of the crowd.
        wait_until(lambda: len(clock) == 10, what="the crowd to have asked")
        go_on.set()
        answers = [early.result(), *(asked.result() for asked in crowd)]

    assert answers == [{"database": True, "redis": True, "worker": True}] * 9
    assert len(looks) == 2, "one for the first, and one that all who asked meanwhile share"


def test_each_look_is_a_new_one(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    readiness = probes.Readiness()
    monkeypatch.setattr(dispatch, "worker_answers", lambda **_: True)
    before = readiness.checks()["worker"]
    monkeypatch.setattr(dispatch, "worker_answers", lambda **_: False)

    assert (before, readiness.checks()["worker"]) == (True, False)
