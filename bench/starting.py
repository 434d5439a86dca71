"""How long `make run` takes to the first answer, once everything is installed and it ran before."""

import argparse
from pathlib import Path
from typing import Any

from bench.pictures import seven
from bench.services import Service, ours, running


def measure(clone: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Seconds from the command to the first answer: the first start in a fresh clone apart."""
    product = ours(clone)
    service = Service(product.name, ("make", "run"), product.part, product.path, product.env, clone)
    seconds = []
    for _ in range(options.rounds + 1):
        with running(service, seven()) as started:
            seconds.append(started.first_answer)
    return {"first": seconds[0], "again": seconds[1:]}
