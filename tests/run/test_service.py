"""The running service: it answers, and what dies comes back."""

import os
import signal
import stat

import pytest
import redis

from digitsite import local
from tests.pictures import png
from tests.processes import wait_until
from tests.run.service import Service

PROCESSES = {
    "worker": ("digitsite worker",),
    "web": ("gunicorn",),
    "valkey": ("valkey-server",),
    "scheduler": ("digitsite beat",),
    "webhooks": ("deliver_webhooks",),
}


def test_reads_a_picture_with_the_shipped_model(service: Service) -> None:
    status, answer = service.read_png(png("7"))

    assert status == 201
    assert answer["text"] == "7"


@pytest.mark.parametrize("name", PROCESSES)
def test_what_dies_comes_back(service: Service, name: str) -> None:
    before = service.pids(*PROCESSES[name])
    assert before

    for pid in before:
        os.kill(pid, signal.SIGKILL)

    wait_until(lambda: service.pids(*PROCESSES[name]) - before, what=f"a new {name}")
    wait_until(service.answers, what="/readyz to be green")
    status, answer = service.read_png(png("7"))
    assert (status, answer["text"]) == (201, "7")


def test_tells_of_a_restart(service: Service) -> None:
    for pid in service.pids(
        "digitsite beat",
    ):
        os.kill(pid, signal.SIGKILL)

    service.wait_for_line("beat ended and was started again (var/log/beat.log)")


def test_a_second_start_in_the_same_folder_is_refused(service: Service) -> None:
    second = Service(service.root)
    second.log = service.log.with_suffix(".second")

    second.start()
    second.wait_until_ended()

    assert "`make run` is already running in this folder" in second.output()
    assert service.answers()


def test_what_is_private_is_the_owners_alone(service: Service) -> None:
    var = service.root / "var"
    socket = local.redis_socket(var)

    assert stat.S_IMODE((var / "secret_key").stat().st_mode) == 0o600
    assert stat.S_IMODE(socket.stat().st_mode) == 0o700
    assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
    assert len(os.fsencode(socket)) <= local.MAX_SOCKET_PATH < len(os.fsencode(var))


def test_manage_py_in_another_terminal_meets_the_same_servers(service: Service) -> None:
    code = (
        "from django.conf import settings; import redis;"
        "redis.Redis.from_url(settings.REDIS_URL).set('from-manage-py', 'was here')"
    )

    service.manage("shell", "--command", code)

    assert (
        redis.Redis(unix_socket_path=str(local.redis_socket(service.root / "var"))).get("from-manage-py")
        == b"was here"
    )
