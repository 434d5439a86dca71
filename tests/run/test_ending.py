"""However `make run` ends, nothing is left behind, and the next start finds what was queued."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
import redis

from digitsite import local
from tests.pictures import png
from tests.processes import wait_until
from tests.run.service import Service


def ctrl_c(service: Service) -> None:
    assert service.make is not None
    os.killpg(service.make.pid, signal.SIGINT)


def interrupt_make_alone(service: Service) -> None:
    assert service.make is not None
    service.make.send_signal(signal.SIGINT)


def terminate_make_alone(service: Service) -> None:
    assert service.make is not None
    service.make.terminate()


def kill_make(service: Service) -> None:
    assert service.make is not None
    service.make.kill()


def close_the_terminal(service: Service) -> None:
    assert service.make is not None
    os.killpg(service.make.pid, signal.SIGHUP)


def kill_the_launcher(service: Service) -> None:
    for pid in service.pids("-m digitsite.run"):
        os.kill(pid, signal.SIGKILL)


def kill_the_supervisor(service: Service) -> None:
    for pid in service.pids("supervisor.supervisord"):
        os.kill(pid, signal.SIGKILL)


ENDINGS = [
    ctrl_c,
    interrupt_make_alone,
    terminate_make_alone,
    kill_make,
    close_the_terminal,
    kill_the_launcher,
    kill_the_supervisor,
]


@pytest.mark.parametrize("end", ENDINGS)
def test_nothing_is_left_behind(fresh_service: Service, end: Callable[[Service], None]) -> None:
    fresh_service.start()
    wait_until(lambda: fresh_service.pids("gunicorn") and fresh_service.pids("digitsite worker"), what="the processes")

    end(fresh_service)

    fresh_service.wait_until_ended()
    wait_until(lambda: not fresh_service.pids(), what="the end of every process")


def test_a_restart_after_kill_9_of_everything_keeps_queued_work(fresh_service: Service) -> None:
    fresh_service.start()
    fresh_service.wait_until_ready()
    for pid in fresh_service.pids("digitsite worker"):
        os.kill(pid, signal.SIGSTOP)
    status, answer = fresh_service.read_png(png("4"), Prefer="respond-async")
    assert (status, answer["status"]) == (202, "queued")
    address = f"/api/v1/predictions/{answer['id']}/"
    redis_socket = str(local.redis_socket(fresh_service.root / "var"))
    redis.Redis(unix_socket_path=redis_socket).set("kept", "yes")

    for pid in fresh_service.pids():
        os.kill(pid, signal.SIGKILL)
    fresh_service.wait_until_ended()
    fresh_service.start()
    fresh_service.wait_until_ready()

    assert redis.Redis(unix_socket_path=redis_socket).get("kept") == b"yes"
    wait_until(lambda: fresh_service.request("GET", address)[1]["status"] == "done", what="its answer")
    assert fresh_service.request("GET", address)[1]["text"] == "4"


def test_the_key_stays_the_same(fresh_service: Service, tmp_path: Path) -> None:
    var = tmp_path / "var"
    var.mkdir()

    local.keep_secret_key(var)
    first = local.read_secret_key(var)
    local.keep_secret_key(var)

    assert len(first) >= 50
    assert local.read_secret_key(var) == first
