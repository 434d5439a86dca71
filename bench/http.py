"""The product and what people would use instead, at the same work: POST a picture, get the answer."""

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.load import Load, post
from bench.pictures import seven
from bench.services import Running, Service, ours, references, running

CONCURRENCIES = (1, 8, 32, 64)
WARM_UP_SECONDS = 2.0


def measure(clone: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Interleaved rounds: each service in turn, alone on the machine, at every concurrency."""
    services = [s for s in [ours(clone), *references()] if options.service.lower() in s.name.lower()]
    loads: list[dict[str, Any]] = []
    starts: list[dict[str, Any]] = []
    for number in range(options.rounds):
        for service in services:
            print(f"Round {number + 1} of {options.rounds}: {service.name}", file=sys.stderr)
            one(service, options.seconds, loads, starts)
    return {"loads": loads, "starts": starts}


def one(service: Service, seconds: float, loads: list[dict[str, Any]], starts: list[dict[str, Any]]) -> None:
    """Start one service, measure it at every concurrency, and stop it."""
    picture = seven()
    with running(service, picture) as started:
        post(started.url, service.part, picture, concurrency=8, seconds=WARM_UP_SECONDS)
        for concurrency in CONCURRENCIES:
            load, cpu = load_with_cpu(started, picture, concurrency=concurrency, seconds=seconds)
            loads.append({"service": service.name, "connections": concurrency, **asdict(load), "cpu": cpu})
            print(f"  {concurrency:3} connections: {load.per_second:7.1f}/s, p50 {load.p50:.1f} ms", file=sys.stderr)
        starts.append(
            {
                "service": service.name,
                "first_answer": started.first_answer,
                "memory": started.memory_by_role(),
                "web_process": started.web_process(),
            }
        )


def load_with_cpu(
    service: Running, picture: bytes, *, concurrency: int, seconds: float
) -> tuple[Load, dict[str, float]]:
    """One load, and the CPU milliseconds that each of its requests cost, by role."""
    before = service.cpu_by_role()
    load = post(service.url, service.service.part, picture, concurrency=concurrency, seconds=seconds)
    spent = {role: after - before.get(role, 0.0) for role, after in service.cpu_by_role().items()}
    return load, {role: 1000 * seconds / max(1, load.requests) for role, seconds in spent.items()}
