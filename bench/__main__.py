"""`make bench`: this product and what people would use instead, side by side in one run.

python -m bench [--rounds 3] [--seconds 6] [--only NAME]
"""

import argparse
import sys

from bench import report
from bench.load import Load, post
from bench.services import Running, Service, ours, own_copy, references, require_wrk, running

CONCURRENCIES = (1, 8, 32, 64)
WARM_UP_SECONDS = 2.0


def measure(service: Running, picture: bytes, concurrency: int, seconds: float) -> tuple[Load, float]:
    """One load, and the CPU milliseconds that each of its requests cost over all processes."""
    before = service.cpu_seconds()
    load = post(service.url, service.service.part, picture, concurrency=concurrency, seconds=seconds)
    return load, 1000 * (service.cpu_seconds() - before) / max(1, load.requests)


def one_round(services: list[Service], picture: bytes, seconds: float, results: report.Results) -> None:
    """Start each service in turn, alone on the machine, and measure it at every concurrency."""
    for service in services:
        with running(service, picture) as started:
            post(started.url, service.part, picture, concurrency=8, seconds=WARM_UP_SECONDS)
            for concurrency in CONCURRENCIES:
                load, cpu = measure(started, picture, concurrency, seconds)
                results.add(service.name, concurrency, load, cpu)
                print(f"  {service.name:20} {concurrency:3} connections: {load.per_second:7.1f}/s", file=sys.stderr)
            results.started(service.name, started.first_answer, started.memory_by_role())


def main() -> None:
    """Measure, then print the table and the ratios."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds; the table shows their medians")
    parser.add_argument("--seconds", type=float, default=6, help="length of one load")
    parser.add_argument("--only", default="", help="measure only services whose name holds this")
    parser.add_argument("--output", default="", help="write the report as Markdown and a plot beside it")
    options = parser.parse_args()
    require_wrk()
    picture = report.picture()
    results = report.Results()
    with own_copy() as clone:
        services = [s for s in [ours(clone), *references()] if options.only.lower() in s.name.lower()]
        for number in range(options.rounds):
            print(f"Round {number + 1} of {options.rounds}", file=sys.stderr)
            one_round(services, picture, options.seconds, results)
    print(report.markdown(results))
    if options.output:
        report.write(results, options.output)


if __name__ == "__main__":
    main()
