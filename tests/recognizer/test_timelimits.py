"""A worker whose task does not end, wherever it hangs."""

import os
import signal
import subprocess
import sys

import pytest

from tests.processes import ROOT


def ended(how: str) -> subprocess.CompletedProcess[str]:
    """What a process came to whose task hangs like that, with one second for it."""
    command = [sys.executable, "-m", "tests.recognizer.hanging", how]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, "TASK_SECONDS": "1"}, capture_output=True, text=True, timeout=120
    )


@pytest.mark.parametrize(
    "how",
    ["python_code", "foreign_code", "foreign_code_that_holds_the_interpreter", "foreign_code_that_computes"],
)
def test_a_task_that_hangs_ends_its_worker_and_leaves_word_where(how: str) -> None:
    process = ended(how)

    assert process.returncode == -signal.SIGALRM
    assert f"in {how}\n" in process.stderr


def test_a_task_that_was_in_time_ends_nothing() -> None:
    process = ended("nothing")

    assert (process.returncode, process.stderr) == (0, "")
