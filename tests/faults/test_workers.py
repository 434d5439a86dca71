"""Workers that are killed, that die of a picture, hang, or are told to stop."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.invariant import check
from tests.faults.load import send
from tests.faults.mortal_worker import POISON, TRAP
from tests.faults.service import Service, hexadecimal
from tests.processes import Process, wait_until

MORTAL = "tests.faults.mortal_worker"


@contextmanager
def instead_of_workers(service: Service, other: Process) -> Iterator[None]:
    """This one alone does the service's work; the others are stopped, with whatever Redis had handed them."""
    for worker in service.workers:
        worker.send(signal.SIGSTOP)
    other.start()
    try:
        service.wait_ready()
        yield
    finally:
        other.kill()
        for worker in service.workers:
            worker.send(signal.SIGCONT)
        service.wait_ready()


def children(pid: int) -> list[int]:
    """The process ids of its children."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_a_worker_is_killed_again_and_again_under_load(service: Service, times: int) -> None:
    with service.load() as load:
        for number in range(times):
            load.wait_for(3)
            victim = service.workers[number % 2]
            victim.kill()
            victim.start()
        load.wait_for(3)

    check(service, load.answers, fault=f"worker killed {times} times")


def test_a_worker_s_child_is_killed_again_and_again_under_load(service: Service, times: int) -> None:
    pool = service.worker("prefork", "--pool", "prefork", "--concurrency", "2")

    with instead_of_workers(service, pool), service.load() as load:
        for _ in range(times):
            load.wait_for(3)
            os.kill(children(pool.pid)[0], signal.SIGKILL)
        load.wait_for(3)

    check(service, load.answers, fault=f"worker's child killed {times} times")


def test_a_picture_that_kills_its_worker_takes_nobody_with_it(service: Service) -> None:
    mortal = service.worker("mortal", app=MORTAL)
    deaths = 0

    def given_up() -> bool:
        nonlocal deaths
        if not mortal.alive():
            deaths += 1
            mortal.start()
        return deaths >= 3 and service.statuses()[bad] != "queued"

    with instead_of_workers(service, mortal), service.load(users=2) as load:
        load.wait_for(1)
        bad = sent_with(service, POISON)
        wait_until(given_up, what="the picture to be given up", timeout=150)
        load.wait_for(3)

    check(service, load.answers, fault="a picture that kills its worker")
    rows = service.database.rows("SELECT id, error_code, attempts FROM recognizer_submission WHERE status = 'failed'")
    assert [row[1:] for row in rows if hexadecimal(row[0]) == bad] == [("gave_up", 3)]


def test_a_picture_at_which_a_worker_hangs_is_left_to_another(service: Service) -> None:
    mortal = service.worker("trapped", app=MORTAL, env={"TASK_SECONDS": "2"})

    with service.load(users=2) as load:
        with instead_of_workers(service, mortal):
            bad = sent_with(service, TRAP)
            wait_until(lambda: not mortal.alive(), what="the worker to end")
            for worker in service.workers:
                worker.send(signal.SIGCONT)
            wait_until(lambda: service.statuses()[bad] == "done", what="another worker to read it")
        load.wait_for(3)

    assert mortal.exit_code == -signal.SIGALRM
    assert "mortal_worker.py" in mortal.output(), "where it hung is not in its log"
    check(service, load.answers, fault="a picture at which a worker hangs")


def sent_with(service: Service, ending: bytes) -> str:
    """The id of a picture with this behind its end, in hex."""
    return hexadecimal(send(service.address, "1", ending=ending, headers={"Prefer": "respond-async"}).id)


def test_a_worker_that_is_told_to_stop_finishes_what_it_holds(service: Service) -> None:
    before = second_attempts(service)

    with service.load() as load:
        for worker in service.workers:
            load.wait_for(3)
            os.kill(worker.pid, signal.SIGTERM)
            wait_until(lambda: not worker.alive(), what="the worker to stop")  # noqa: B023
            assert worker.exit_code == 0, worker.output()[-2000:]
            worker.start()
        load.wait_for(3)

    check(service, load.answers, fault="worker told to stop (SIGTERM)")
    assert second_attempts(service) == before, "a task in hand was dropped and had to be tried again"


def second_attempts(service: Service) -> int:
    """How many submissions needed more than one attempt."""
    return int(service.database.rows("SELECT COUNT(*) FROM recognizer_submission WHERE attempts > 1")[0][0])


def test_one_message_delivered_ten_times_is_read_once(service: Service) -> None:
    with service.load(users=2) as load:
        row_id = service.send("7", prefer="respond-async").id
        publish = f"from recognizer.publishing import publish\nfor _ in range(10): publish(['{row_id}'])"
        service.manage("shell", "--no-imports", "--command", publish)
        load.wait_for(3)

    check(service, load.answers, fault="one message ten times")
    attempts = f"SELECT attempts FROM recognizer_submission WHERE id = '{row_key(service, row_id)}'"
    assert service.database.rows(attempts) == [(1,)]


def row_key(service: Service, row_id: str) -> str:
    """The id as the database writes it."""
    return row_id.replace("-", "") if service.database.url.startswith("sqlite") else row_id


def test_two_sweepers_at_once_harm_nobody(service: Service) -> None:
    for worker in service.workers:
        worker.send(signal.SIGSTOP)
    waiting = [service.send("3", prefer="respond-async") for _ in range(20)]
    service.client().flushall()
    again = "from recognizer.models import Submission; Submission.objects.update(created_at='2020-01-01T00:00Z')"
    service.manage("shell", "--no-imports", "--command", again)
    sweep = "from recognizer.services import republish_overdue; [republish_overdue() for _ in range(20)]"

    sweepers = [service.process(f"sweeper{n}", manage_shell(sweep)) for n in (1, 2)]
    for sweeper in sweepers:
        sweeper.start()
    wait_until(lambda: not any(sweeper.alive() for sweeper in sweepers), what="both sweepers to end")
    for worker in service.workers:
        worker.send(signal.SIGCONT)

    assert [sweeper.exit_code for sweeper in sweepers] == [0, 0], sweepers[0].output() + sweepers[1].output()
    check(service, waiting, fault="two sweepers at once")


def manage_shell(code: str) -> list[str]:
    """A command that runs code in the service's environment."""
    return [sys.executable, "manage.py", "shell", "--no-imports", "--command", code]


def test_the_web_process_dies_between_commit_and_publishing(service: Service) -> None:
    service.web.stop()
    command = ["tests.faults.mortal_web" if word == "digitsite.wsgi" else word for word in service.web_command()]
    mortal = service.process("mortal-web", command)
    mortal.start()
    service.wait_ready()
    before = len(service.statuses())

    with service.load(users=2) as load:
        load.wait_for(2)
        victim = send(service.address, "1", ending=POISON)
        load.wait_for(2)

    mortal.stop()
    service.heal()
    assert victim.status == 0
    check(service, load.answers, fault="web process died between commit and publishing", broken=True)
    assert len(service.statuses()) > before + sum(answer.status == 201 for answer in load.answers)
