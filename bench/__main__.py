"""`make bench`: this product and what people would use instead, side by side in one run.

python -m bench                                    # everything, about half an hour
python -m bench --only http,floor                  # some parts; those measured before stay in the results
python -m bench --only http --service litserve     # one service of the comparison
python -m bench --only "" --docs                   # measure nothing, write docs/performance.md anew
"""

import argparse
import json
import platform
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from bench import bot, document, floor, growth, http, offline, report, rows, starting
from bench.services import ROOT, own_copy, require_wrk

PARTS = {
    "http": http.measure,
    "floor": floor.measure,
    "rows": rows.measure,
    "bot": bot.measure,
    "starting": starting.measure,
    "offline": offline.measure,
    "growth": growth.measure,
}


def measure(options: argparse.Namespace, results: report.Results) -> None:
    """Measure each part in a clone of its own, and keep it as soon as it is done."""
    for name in options.only:
        began = time.monotonic()
        print(f"Measuring {name}", file=sys.stderr)
        with own_copy() as clone:
            figures = PARTS[name](clone, options)
        figures["measured_at"] = datetime.now(UTC).isoformat(timespec="seconds")
        figures["machine"] = f"{platform.machine()}, Python {platform.python_version()}"
        results[name] = figures
        options.results.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
        print(f"Measured {name} in {time.monotonic() - began:.0f} s", file=sys.stderr)


def parser() -> argparse.ArgumentParser:
    """The options of `python -m bench`."""
    made = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--only", type=parts, default=list(PARTS), help=f"parts, of {','.join(PARTS)}")
    made.add_argument("--rounds", type=int, default=3, help="interleaved rounds; tables show their medians")
    made.add_argument("--seconds", type=float, default=4, help="length of one load")
    made.add_argument("--service", default="", help="in part http, only services whose name holds this")
    made.add_argument("--rows", type=int, default=1_000_000, help="submissions stored for the part rows")
    made.add_argument("--results", type=Path, default=ROOT / "var" / "bench.json", help="where figures are kept")
    made.add_argument("--docs", action="store_true", help="write them into docs/performance.md, with a plot")
    return made


def parts(value: str) -> list[str]:
    """Names of parts, separated by commas."""
    names = [name for name in value.split(",") if name]
    if unknown := set(names) - set(PARTS):
        raise argparse.ArgumentTypeError(f"no such part: {', '.join(sorted(unknown))}")
    return names


def main() -> None:
    """Measure, print the tables, and write them where asked."""
    options = parser().parse_args()
    if options.only:
        require_wrk()
    options.results.parent.mkdir(parents=True, exist_ok=True)
    results: report.Results = json.loads(options.results.read_text()) if options.results.exists() else {}
    measure(options, results)
    print(report.markdown(results))
    if options.docs:
        document.write(results)


if __name__ == "__main__":
    main()
