"""`python -m digitsite.run ROLE`: the service's processes one by one, as systemd and containers start them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import ROOT, Process, free_port, wait_until

RUN = (sys.executable, "-m", "digitsite.run")
PROBE = (sys.executable, "-m", "digitsite.run.probe")


@pytest.fixture
def env(tmp_path: Path, worker_env: dict[str, str]) -> dict[str, str]:
    """This run's Redis, a port, and a database of the test's own, still empty."""
    return {**worker_env, "DATABASE_URL": f"sqlite:///{tmp_path / 'roles.sqlite3'}", "PORT": str(free_port())}


@pytest.fixture
def processes(env: dict[str, str], tmp_path: Path) -> Iterator[dict[str, Process]]:
    """The long-lived roles, not yet started; what is left of them when the test ends is stopped."""
    arguments: dict[str, tuple[str, ...]] = {
        "worker": (),
        "scheduler": ("--schedule", str(tmp_path / "schedule")),
        "webhooks": (),
        "web": (),
    }
    roles = {
        role: Process([*RUN, role, *more], log=tmp_path / f"{role}.log", env=env) for role, more in arguments.items()
    }
    yield roles
    for process in roles.values():
        process.stop()


def finish(*command: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **env}, capture_output=True, text=True)


def test_each_role_is_one_process(env: dict[str, str], processes: dict[str, Process]) -> None:
    migration = finish(*RUN, "migrate", env=env)
    assert "Applying recognizer.0001_initial... OK" in migration.stdout, migration.stderr
    assert finish(*PROBE, env=env).stderr == "nothing answers yet\n"

    for process in processes.values():
        process.start()

    wait_until(
        lambda: finish(*PROBE, "/readyz", env=env).returncode == 0, what="web, worker and the rest", timeout=180
    )
    assert finish(*PROBE, env=env).returncode == 0
    wait_until(lambda: "is live from now on" in processes["worker"].output(), what="word of its model", timeout=180)
    for role, process in processes.items():
        assert process.alive(), f"{role}: {process.output()}"
        process.stop()
        assert "Traceback" not in process.output(), f"{role}: {process.output()}"


def test_an_unknown_role(env: dict[str, str]) -> None:
    done = finish(*RUN, "webb", env=env)

    assert done.returncode == 1
    assert done.stderr.startswith("'webb' is no role: say web, worker, scheduler, ")


def test_a_setting_that_cannot_be_used(env: dict[str, str]) -> None:
    done = finish(*RUN, "web", env={**env, "PORT": "eighty"})

    assert done.returncode == 1
    assert done.stderr.startswith("PORT is 'eighty'")
    assert len(done.stderr.splitlines()) == 1
