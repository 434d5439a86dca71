"""Fifty people at once."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.conftest import LONG
from tests.faults.invariant import check
from tests.faults.load import Answer
from tests.faults.service import Service
from tests.processes import ROOT

USERS = 50
SECONDS = 600 if LONG else 15


@pytest.mark.timeout(SECONDS + 300)
def test_fifty_people_at_once(service: Service, tmp_path: Path) -> None:
    answers = tmp_path / "answers.jsonl"
    host = "http://{}:{}".format(*service.address)
    command = [sys.executable, "-m", "locust", "-f", "tests/faults/locustfile.py", "--host", host, "--headless"]
    options = ["--users", str(USERS), "--spawn-rate", "25", "--run-time", f"{SECONDS}s", "--stop-timeout", "20"]
    env = {**os.environ, "FAULTS_ANSWERS": str(answers), "PYTHONPATH": str(ROOT)}

    crowd = subprocess.run([*command, *options], cwd=ROOT, env=env, capture_output=True, text=True)

    assert crowd.returncode == 0, crowd.stdout[-3000:] + crowd.stderr[-3000:]
    sent = [Answer(**json.loads(line)) for line in answers.read_text().splitlines()]
    assert len(sent) > USERS
    check(service, sent, fault=f"{USERS} users for {SECONDS} s")
