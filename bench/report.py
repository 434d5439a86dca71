"""The figures of a run as Markdown tables: medians over the rounds, and what is asked of them."""

from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

Results = dict[str, dict[str, Any]]
OURS, OLD = "this product", "old design (Flask)"
FIGURES = ("per_second", "p50", "p95", "p99", "errors")
# What is compared with whom, at which concurrency, in which direction it is a gain, and how much is asked for.
RATIOS = (
    ("p50 at 1 connection", OLD, 1, "p50", "theirs / ours", 12.0),
    ("requests/s at 32", OLD, 32, "per_second", "ours / theirs", 28.0),
    ("requests/s at 32", "FastAPI", 32, "per_second", "ours / theirs", None),
    ("requests/s at 32", "LitServe", 32, "per_second", "ours / theirs", 1.0),
    ("requests/s at 32", "BentoML", 32, "per_second", "ours / theirs", 2.0),
    ("requests/s at 32", "BentoML, a worker a core", 32, "per_second", "ours / theirs", None),
    ("p99 at 32", "LitServe", 32, "p99", "theirs / ours", 0.8),
)


def markdown(results: Results) -> str:
    """All tables that there are figures for."""
    sections: dict[str, Callable[[dict[str, Any]], Iterator[str]]] = {
        "http": _http,
        "floor": _floor,
        "rows": _rows,
        "bot": _bot,
        "starting": _starting,
        "offline": _offline,
        "growth": _growth,
    }
    lines: list[str] = []
    for name, section in sections.items():
        if name in results:
            lines += [*section(results[name]), "", _origin(name, results[name]), ""]
    return "\n".join(lines).rstrip()


def loads_of(figures: dict[str, Any], service: str, connections: int) -> list[dict[str, Any]]:
    """Every round's load of one service at one concurrency."""
    return [one for one in figures["loads"] if (one["service"], one["connections"]) == (service, connections)]


def middle(figures: dict[str, Any], service: str, connections: int, name: str) -> float:
    """The median of one figure over the rounds."""
    return float(median(one[name] for one in loads_of(figures, service, connections)))


def services_of(figures: dict[str, Any]) -> list[str]:
    """The services in the order in which they were measured."""
    return list(dict.fromkeys(one["service"] for one in figures["loads"]))


def _origin(name: str, figures: dict[str, Any]) -> str:
    return f'`make bench ARGS="--only {name}"`, {figures["machine"]}, {figures["measured_at"]}'


def _table(*head: str) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)


def _http(figures: dict[str, Any]) -> Iterator[str]:
    yield from ("### HTTP: a picture in, its digits out", "")
    yield from _table("service", "connections", "requests/s", "p50 ms", "p95 ms", "p99 ms", "errors", "CPU ms")
    for service in services_of(figures):
        for connections in sorted({one["connections"] for one in figures["loads"]}):
            values = [f"{middle(figures, service, connections, name):.1f}" for name in FIGURES[:-1]]
            errors = sum(one["errors"] for one in loads_of(figures, service, connections))
            cpu = median(sum(one["cpu"].values()) for one in loads_of(figures, service, connections))
            yield f"| {service} | {connections} | {' | '.join(values)} | {errors} | {cpu:.2f} |"
    yield ""
    yield from _ratios(figures)
    yield from ("", *_roles(figures))


def _ratios(figures: dict[str, Any]) -> Iterator[str]:
    yield from _table("ratio", "against", "direction", "measured", "asked for")
    for title, other, connections, name, direction, asked in RATIOS:
        if not {OURS, other} <= set(services_of(figures)):
            continue
        ours, theirs = (middle(figures, service, connections, name) for service in (OURS, other))
        value = theirs / ours if direction == "theirs / ours" else ours / theirs
        yield f"| {title} | {other} | {direction} | {value:.2f}x | {f'{asked:g}x' if asked else '-'} |"


def _roles(figures: dict[str, Any]) -> Iterator[str]:
    yield from _table("service", "first answer, s", "memory (PSS) by role, MB", "CPU ms a request at 32, by role")
    for service in services_of(figures):
        starts = [one for one in figures["starts"] if one["service"] == service]
        first = median(one["first_answer"] for one in starts)
        spent = loads_of(figures, service, 32)[-1]["cpu"]
        cpu = ", ".join(f"{role} {value:.2f}" for role, value in spent.items() if value >= 0.01)
        yield f"| {service} | {first:.1f} | {_sizes(starts[-1]['memory'])} | {cpu} |"
        if web := starts[-1]["web_process"]:
            without = "with" if web["tensorflow"] else "without"
            yield f"| its web process alone, {without} TensorFlow | | {web['memory']:.0f} (at most 130) | |"


def _sizes(memory: dict[str, float]) -> str:
    return ", ".join(f"{role} {size:.0f}" for role, size in memory.items())


def _floor(figures: dict[str, Any]) -> Iterator[str]:
    yield from ("### The floor: each part alone", "", *_table("part", "ms"))
    for load in figures["django_noop"]:
        title = f"a Django view that does nothing, {load['connections']} connections: p50 (CPU)"
        yield f"| {title} | {load['p50']:.2f} ({load['cpu']:.2f}) |"
    yield f"| one Redis round trip | {figures['redis']:.3f} |"
    yield f"| one insert with its commit | {figures['insert']:.2f} |"
    yield f"| the shipped network as a `tf.function`, one digit, one thread (at most 1) | {figures['traced_1']:.2f} |"
    yield f"| the same, a digit in a batch of 16 | {figures['traced_16']:.2f} |"
    yield f"| the shipped network compiled for LiteRT, one digit | {figures['compiled_1']:.2f} |"
    yield f"| the same, a digit of 16 | {figures['compiled_16']:.2f} |"
    yield f"| a whole picture in the worker's thread, without the service | {figures['picture_1']:.2f} |"


def _rows(figures: dict[str, Any]) -> Iterator[str]:
    yield from ("### A full database", "", *_table("submissions stored", "p50 ms at 1 connection"))
    empty, full = median(figures["empty"]), median(figures["full"])
    yield f"| 0 | {empty:.2f} |"
    yield f"| {figures['rows']:,} | {full:.2f}, {full / empty:.2f}x (at most 1.1x) |"


def _bot(figures: dict[str, Any]) -> Iterator[str]:
    title = f"{figures['photos']} photos sent at once, each call of the Bot API {figures['delay']:g} s away"
    yield from ("### The bot", "", *_table(title, "answers/s"))
    ours, paced, old = (median(figures[name]) for name in ("ours", "paced", "old"))
    yield f"| old design | {old:.1f} |"
    yield f"| this product | {ours:.1f}, {ours / old:.1f}x (at least 10x) |"
    yield f"| the same, at the 30 messages a second that Telegram allows | {paced:.1f}, {paced / old:.1f}x |"


def _starting(figures: dict[str, Any]) -> Iterator[str]:
    yield from ("### `make run`", "", *_table("start", "seconds to the first answer"))
    yield f"| the first, with everything installed | {figures['first']:.1f} |"
    yield f"| again | {median(figures['again']):.1f} (at most 6) |"


def _offline(figures: dict[str, Any]) -> Iterator[str]:
    training, predict = figures["training"], figures["predict"]
    yield from ("### Without the service", "", *_table("what", "measured"))
    alone = training["input_alone_per_second"]
    yield f"| training, compact network | {training['images_per_second']:.0f} images/s |"
    yield f"| an epoch of 60,000 | {training['epoch_seconds']:.0f} s |"
    yield f"| its input alone | {alone:.0f} images/s ({training['images_per_second'] / alone:.0%} of it needed) |"
    rate = predict["files"] / predict["seconds"]
    yield f"| `python -m ml.predict`, {predict['files']:,} files | {predict['seconds']:.0f} s, {rate:.0f}/s |"


def _growth(figures: dict[str, Any]) -> Iterator[str]:
    yield from ("### How the cost grows", "", *_table("what", "requests/s", "p50 ms", "CPU ms"))
    units = {"workers": "worker processes, 32 connections", "digits": "digits", "megapixels": "megapixels"}
    for name, unit in units.items():
        for size, one in figures[name].items():
            yield f"| {size} {unit} | {one['per_second']:.1f} | {one['p50']:.1f} | {one['cpu']:.1f} |"
