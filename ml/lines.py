"""Components that stand beside one another: lines of writing, level or not."""

from __future__ import annotations

from itertools import pairwise
from operator import itemgetter

from ml.components import Component, overlap

_SMALL = 0.4
_FLAT = 2.5


def sort_into_lines(components: list[Component]) -> list[list[Component]]:
    """The components, line by line; in each, the tallest is the first."""
    lines: list[list[Component]] = []
    for one in sorted(components, key=lambda one: -one.height):
        home = next((line for line in lines if _is_level(one, line)), None)
        if home is None:
            lines.append([one])
        else:
            home.append(one)
    return _run_on(lines)


def _is_level(one: Component, line: list[Component]) -> bool:
    """Whether at least half of `one` is as high up as the components of the line that are nearest to it.

    Or it is a small stroke close above or below one of them. What only the border cuts off belongs to another line,
    unless it is flat, as the bar of a 5 is.
    """
    near = nearest(one, line)
    (top, bottom), beside = band(near), near[0]
    shared = min(one.bottom, bottom) - max(one.y, top)
    return shared > 0.5 * min(one.height, beside.height) or (
        overlap(one, beside) > 0
        and shared > -0.2 * beside.height
        and one.height < _SMALL * beside.height
        and (one.at_border == beside.at_border or one.width > _FLAT * one.height)
    )


def nearest(one: Component, line: list[Component]) -> list[Component]:
    """The two components of the line that are nearest to `one`, the nearest first.

    Two, for next to a small digit at the foot of a line a small one may stand at its head.
    """
    return sorted(line, key=lambda other: -overlap(one, other))[:2]


def band(components: list[Component]) -> tuple[int, int]:
    """The top of the highest and the bottom of the lowest."""
    return min(one.y for one in components), max(one.bottom for one in components)


def _run_on(lines: list[list[Component]]) -> list[list[Component]]:
    """The lines, with those joined that are parts of one which rises or falls."""
    joined: list[list[Component]] = []
    for line in lines:
        whole = line
        while part := next((other for other in joined if _are_one(whole, other)), None):
            joined.remove(part)
            whole = sorted([*part, *whole], key=lambda one: -one.height)
        joined.append(whole)
    return joined


def _are_one(line: list[Component], other: list[Component]) -> bool:
    """Whether neighbours of which one is in either line are always close to one another, and level."""
    both = [(one.x + one.right, one, part is line) for part in (line, other) for one in part]
    order = sorted(both, key=itemgetter(0))
    return all(_adjoin(a, b) for (_, a, here), (_, b, there) in pairwise(order) if here != there)


def _adjoin(a: Component, b: Component) -> bool:
    smaller, larger = sorted((a.height, b.height))
    gap, shared = b.x - a.right, min(a.bottom, b.bottom) - max(a.y, b.y)
    return gap < smaller and shared > 0.5 * smaller and smaller > _SMALL * larger
