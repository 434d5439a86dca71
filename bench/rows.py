"""Whether a full database slows the answers: median time with none and with very many submissions stored."""

import argparse
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.load import post
from bench.pictures import seven
from bench.services import ours, running


def measure(clone: Path, options: argparse.Namespace) -> dict[str, Any]:
    """In turn, the same service on an empty and on a full database."""
    databases = {name: f"sqlite:///{clone / name}.sqlite3" for name in ("empty", "full")}
    with running(ours(clone, DATABASE_URL=databases["full"]), seven()):
        pass  # it makes the tables
    fill(clone, databases["full"], options.rows)
    figures: dict[str, list[float]] = {name: [] for name in databases}
    for _ in range(options.rounds):
        for name, url in databases.items():
            with running(ours(clone, DATABASE_URL=url), seven()) as started:
                post(started.url, "image", seven(), concurrency=1, seconds=2)
                figures[name].append(post(started.url, "image", seven(), concurrency=1, seconds=options.seconds).p50)
    return {"rows": options.rows, **figures}


def fill(clone: Path, database: str, rows: int) -> None:
    """Store so many made-up submissions in the database of this URL."""
    print(f"Storing {rows:,} submissions", file=sys.stderr)
    python = str(clone / ".venv" / "bin" / "python")
    env = {**os.environ, "DATABASE_URL": database}
    subprocess.run([python, "-m", "bench.fill", "--rows", str(rows)], cwd=clone, env=env, check=True)
