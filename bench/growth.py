"""How the cost grows: with the number of workers, of digits in a picture, and of pixels."""

import argparse
import sys
from pathlib import Path
from typing import Any

from bench.http import load_with_cpu
from bench.pictures import photo, row_of_sevens, seven
from bench.services import Service, ours, running

WORKERS = (1, 2, 4)
DIGITS = (1, 10, 100)
MEGAPIXELS = (0.1, 1, 4, 12)


def measure(clone: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Requests a second for each number of workers; milliseconds a picture for each size."""
    seconds = options.seconds
    workers = {
        str(count): sized(ours(clone, WORKER_CONCURRENCY=str(count)), {"": seven()}, 32, seconds)[""]
        for count in WORKERS
    }
    digits = {str(count): row_of_sevens(count) for count in DIGITS}
    sizes = {str(million): photo(million) for million in MEGAPIXELS}
    return {
        "workers": workers,
        "digits": sized(ours(clone), digits, 1, seconds),
        "megapixels": sized(ours(clone), sizes, 1, seconds),
    }


def sized(
    service: Service, pictures: dict[str, bytes], concurrency: int, seconds: float
) -> dict[str, dict[str, float]]:
    """Start the service, and measure it with each picture: requests a second, p50 and CPU in milliseconds."""
    figures = {}
    with running(service, seven()) as started:
        load_with_cpu(started, seven(), concurrency=concurrency, seconds=2)
        for name, picture in pictures.items():
            load, cpu = load_with_cpu(started, picture, concurrency=concurrency, seconds=seconds)
            if load.errors:
                print(f"  {load.errors} of {load.requests} requests failed with {name}", file=sys.stderr)
            figures[name] = {"per_second": load.per_second, "p50": load.p50, "cpu": sum(cpu.values())}
    return figures
