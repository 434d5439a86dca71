"""The figures of a run: medians over the rounds, ratios, a table and a plot."""

import io
import platform
from collections import defaultdict
from dataclasses import fields
from pathlib import Path
from statistics import median

from PIL import Image, ImageDraw

from bench.load import Load

OURS = "this product"
SEVEN = [(70, 40), (210, 40), (126, 252)]
# What is compared with whom, at which concurrency, and in which direction it is a gain.
RATIOS = (
    ("p50 at 1", "old design (Flask)", 1, "p50", "theirs / ours"),
    ("requests/s at 32", "old design (Flask)", 32, "per_second", "ours / theirs"),
    ("requests/s at 32", "FastAPI", 32, "per_second", "ours / theirs"),
    ("requests/s at 32", "LitServe", 32, "per_second", "ours / theirs"),
    ("requests/s at 32", "BentoML", 32, "per_second", "ours / theirs"),
    ("p99 at 32", "LitServe", 32, "p99", "theirs / ours"),
)


def picture() -> bytes:
    """A seven drawn on a 280x280 canvas, as PNG."""
    image = Image.new("RGB", (280, 280), "white")
    draw = ImageDraw.Draw(image)
    draw.line(SEVEN, fill="black", width=18, joint="curve")
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


class Results:
    """All measurements of a run, by service and concurrency."""

    def __init__(self) -> None:
        self.loads: dict[tuple[str, int], list[Load]] = defaultdict(list)
        self.cpu: dict[tuple[str, int], list[float]] = defaultdict(list)
        self.first_answers: dict[str, list[float]] = defaultdict(list)
        self.memory: dict[str, dict[str, float]] = {}

    def add(self, name: str, concurrency: int, load: Load, cpu_milliseconds: float) -> None:
        """One load of one round."""
        self.loads[name, concurrency].append(load)
        self.cpu[name, concurrency].append(cpu_milliseconds)

    def started(self, name: str, first_answer: float, memory: dict[str, float]) -> None:
        """What starting took (seconds), and memory by role (MiB) at the end of the round."""
        self.first_answers[name].append(first_answer)
        self.memory[name] = memory

    def median(self, name: str, concurrency: int, figure: str) -> float:
        """The median over the rounds of one field of `Load`."""
        return float(median(getattr(load, figure) for load in self.loads[name, concurrency]))

    def ratio(self, other: str, concurrency: int, figure: str, direction: str) -> float:
        """Ours against theirs, such that more is better for us."""
        ours, theirs = self.median(OURS, concurrency, figure), self.median(other, concurrency, figure)
        return theirs / ours if direction == "theirs / ours" else ours / theirs


def markdown(results: Results) -> str:
    """The tables: every figure, then the ratios."""
    figures = [field.name for field in fields(Load)]
    lines = [f"{platform.processor() or platform.machine()}, Python {platform.python_version()}", ""]
    lines += ["| service | connections | " + " | ".join(figures) + " | CPU ms |", "|---" * (len(figures) + 3) + "|"]
    for name, concurrency in results.loads:
        values = [f"{results.median(name, concurrency, figure):.1f}" for figure in figures]
        cpu = median(results.cpu[name, concurrency])
        lines.append(f"| {name} | {concurrency} | " + " | ".join(values) + f" | {cpu:.2f} |")
    lines += ["", "| service | first answer, s | memory (PSS), MiB |", "|---|---|---|"]
    for name, times in results.first_answers.items():
        roles = ", ".join(f"{role} {size:.0f}" for role, size in results.memory[name].items())
        lines.append(f"| {name} | {median(times):.1f} | {roles} |")
    return "\n".join(lines + _ratio_lines(results))


def _ratio_lines(results: Results) -> list[str]:
    measured = {name for name, _ in results.loads}
    rows = [row for row in RATIOS if {OURS, row[1]} <= measured]
    lines = ["", "| ratio | against | direction | value |", "|---|---|---|---|"] if rows else []
    for title, other, concurrency, figure, direction in rows:
        value = results.ratio(other, concurrency, figure, direction)
        lines.append(f"| {title} | {other} | {direction} | {value:.2f}x |")
    return lines


def write(results: Results, path: str) -> None:
    """The Markdown at `path`, and a plot of requests a second beside it."""
    from matplotlib.figure import Figure

    Path(path).write_text(markdown(results) + "\n", encoding="utf-8")
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    for name in results.first_answers:
        points = [(c, results.median(n, c, "per_second")) for n, c in results.loads if n == name]
        axes.plot(*zip(*points, strict=True), marker="o", label=name)
    axes.set(xscale="log", xlabel="connections", ylabel="requests a second", ylim=(0, None))
    axes.set_xticks(sorted({c for _, c in results.loads}), sorted({str(c) for _, c in results.loads}, key=int))
    axes.legend()
    figure.savefig(Path(path).with_suffix(".png"), dpi=110)
