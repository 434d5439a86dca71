"""The floor: what the parts cost alone, below which no design can go."""

import argparse
import json
import os
import secrets
import subprocess
from pathlib import Path
from typing import Any

from bench.http import load_with_cpu
from bench.pictures import seven
from bench.services import django_noop, running


def measure(clone: Path, options: argparse.Namespace) -> dict[str, Any]:
    """A bare Django view, and the parts: Redis, an insert, the network, the preprocessing."""
    loads = []
    with running(django_noop(), seven()) as started:
        for concurrency in (1, 32):
            load, cpu = load_with_cpu(started, seven(), concurrency=concurrency, seconds=options.seconds)
            loads.append({"connections": concurrency, "p50": load.p50, "cpu": sum(cpu.values())})
    folder = clone / "var" / "floor"
    folder.mkdir(parents=True, exist_ok=True)
    env = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    command = [str(clone / ".venv" / "bin" / "python"), "-m", "bench.alone", str(folder)]
    output = subprocess.run(command, cwd=clone, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout
    return {"django_noop": loads, **json.loads(output.splitlines()[-1])}
