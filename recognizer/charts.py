"""The geometry of the dashboard's charts, drawn as SVG by its templates.

Coordinates are strings with a dot: a translated template would write numbers with its language's comma.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log10

from recognizer.wording import number

WIDTH, HEIGHT = 480, 220
LEFT, RIGHT, TOP, BOTTOM = 52, 26, 10, 28
PLOT_WIDTH, PLOT_HEIGHT = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
MAX_DAY_LABELS = 7


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of an axis: where, and what it says."""

    at: str
    text: str


@dataclass(frozen=True, slots=True)
class Rect:
    """One part of a bar; `series` is its class in the style sheet."""

    series: str
    x: str
    y: str
    width: str
    height: str
    title: str


@dataclass(frozen=True, slots=True)
class Line:
    """One curve: its points for `<polyline>`, pieces apart where there is no value."""

    series: str
    pieces: list[str]
    dots: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Chart:
    """What a template needs to draw bars or lines over days."""

    x_ticks: list[Tick]
    y_ticks: list[Tick]
    bars: list[Rect]
    lines: list[Line]


def at(value: float) -> str:
    """A coordinate."""
    return f"{value:.1f}"


def nice_step(largest: float, ticks: int = 4) -> float:
    """The smallest of 1, 2, 5 times a power of ten that covers [0, largest] in so many steps."""
    rough = max(largest, 1) / ticks
    power = 10.0 ** ceil(log10(rough) - 1)
    return float(next(step * power for step in (1, 2, 5, 10) if step * power >= rough * (1 - 1e-9)))


def _day_ticks(days: Sequence[str]) -> list[Tick]:
    every = ceil(len(days) / MAX_DAY_LABELS)
    slot = PLOT_WIDTH / len(days)
    # Counted from the newest day, which is always named.
    named = [index for index in range(len(days)) if (len(days) - 1 - index) % every == 0]
    return [Tick(at(LEFT + (index + 0.5) * slot), days[index]) for index in named]


def stacked(days: Sequence[str], series: Sequence[tuple[str, str, Sequence[int]]]) -> Chart:
    """Bars of counts by day, one part for each series.

    Args:
        days: their names, oldest first, at least one.
        series: class, name and one count for each day, from the bottom up.
    """
    totals = [sum(counts) for counts in zip(*(counts for _, _, counts in series), strict=True)]
    step = max(1.0, nice_step(max(totals)))
    top = step * max(1, ceil(max(totals) / step))
    slot, scale = PLOT_WIDTH / len(days), PLOT_HEIGHT / top
    gap = min(4.0, slot * 0.2)
    bars, below = [], [0] * len(days)
    for css, name, counts in series:
        for index, count in enumerate(counts):
            y = TOP + PLOT_HEIGHT - (below[index] + count) * scale
            below[index] += count
            if count:
                x, width = at(LEFT + index * slot + gap / 2), at(slot - gap)
                title = f"{days[index]}, {name}: {number(f'{count:,}')}"
                bars.append(Rect(css, x, at(y), width, at(count * scale), title))
    ticks = [
        Tick(at(TOP + PLOT_HEIGHT - n * step * scale), number(f"{n * step:,.0f}"))
        for n in range(round(top / step) + 1)
    ]
    return Chart(_day_ticks(days), ticks, bars, [])


def durations(days: Sequence[str], series: Sequence[tuple[str, str, Sequence[float | None]]]) -> Chart:
    """Curves of milliseconds by day on a logarithmic axis.

    Args:
        days: their names, oldest first, at least one.
        series: class, name and one value in milliseconds, or None, for each day.
    """
    values = [value for _, _, curve in series for value in curve if value]
    low, high = (log10(min(values)), log10(max(values))) if values else (0.0, 3.0)
    bottom, top = int(low // 1), max(int(low // 1) + 1, ceil(high))
    slot = PLOT_WIDTH / len(days)

    def y(value: float) -> str:
        return at(TOP + PLOT_HEIGHT * (top - log10(value)) / (top - bottom))

    xs = [at(LEFT + (index + 0.5) * slot) for index in range(len(days))]
    lines = []
    for css, name, curve in series:
        points = [f"{x},{y(value)}" if value else "|" for x, value in zip(xs, curve, strict=True)]
        pieces = [piece.strip() for piece in " ".join(points).split("|") if piece.strip()]
        titles = (f"{day}, {name}: {milliseconds(value)}" for day, value in zip(days, curve, strict=True))
        dots = [(x, y(value), title) for x, value, title in zip(xs, curve, titles, strict=True) if value]
        lines.append(Line(css, pieces, dots))
    ticks = [Tick(y(10.0**power), milliseconds(10.0**power)) for power in range(bottom, top + 1)]
    return Chart(_day_ticks(days), ticks, [], lines)


def milliseconds(value: float | None) -> str:
    """A duration for people, with two or three significant figures; a dash for none."""
    if value is None:
        return "–"
    if value < 1000:
        return number(f"{value:.0f} ms" if value >= 10 else f"{value:.2g} ms")
    return number(f"{value / 1000:.3g} s")


def heat(count: int, row: Sequence[int]) -> int:
    """How strongly a cell of a confusion matrix is coloured, by its share of its row: 0 (not) to 9."""
    total = sum(row)
    return ceil(9 * count / total) if total else 0
