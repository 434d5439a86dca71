"""Components made whole and put into the order in which they are read: lines, from left to right."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from ml.components import Component, Labels, Map, find_components, join, overlap
from ml.lines import band, nearest, sort_into_lines
from ml.marks import is_mark, without_brackets

_SMALL = 0.4
_DOT_HEIGHT = 0.25
_DOT_AREA = 0.1
_MOST_DOTS = 3
_SMALLEST = 0.2
_WHOLE = 0.97
_DOT = 2.0
"""Times its thickness: what is no longer is solid."""

_AS_THICK = 0.6
_BREAK = 0.3
"""Times the pen: a dot is thicker, what broke lies closer."""

_AS_HIGH = 0.6
_SLIM = 0.3
_UPRIGHT = 0.85
_TALL = 2.2
"""Two digits: how high the lower is of the higher; how wide, of their height, at least and at most; how high both
together, of their width."""

_BAR = 5.0
_LONGER = 1.1
_LOW = 3.0
"""An underline: its length by its height, and by the width of what stands on it; that one's height by its own."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The pieces of a picture: `lines` of components in reading order, and the usual height of a digit."""

    labels: Labels
    lines: list[list[Component]]
    height: float


def lay_out(ink: Map) -> Layout:
    """Find the components of an ink map, leave out dirt, dots and dashes, and sort the rest into lines."""
    labels, found = find_components(ink)
    found = _join_stacked(found, usual_height(found))
    height = usual_height(found)
    whole, small = _attach_small(found, height)
    lines = [
        without_brackets(line, height, labels)
        for line in sort_into_lines([one for one in whole if not is_mark(one, whole, height, labels)])
    ]
    return Layout(labels, _within(_in_order([*lines, *_small_lines(small, lines, height)])), height)


def usual_height(found: list[Component]) -> float:
    """The median height of what may be digits; border pieces count only when there is nothing else but dots."""
    free = [one for one in found if not one.at_border]
    if _are_dots(free, found):
        free = found
    tallest = max((one.height for one in free), default=0)
    return float(median(one.height for one in free if one.height > 0.4 * tallest)) if free else 0.0


def _are_dots(free: list[Component], found: list[Component]) -> bool:
    """Whether these are nothing beside the largest component: few, low, and of little ink.

    By their height alone, digits would be dots beside a margin's line.
    """
    height, area = max((one.height for one in found), default=0), max((one.area for one in found), default=0)
    return len(free) <= _MOST_DOTS and all(
        one.height < _DOT_HEIGHT * height and one.area < _DOT_AREA * area for one in free
    )


def _join_stacked(found: list[Component], height: float) -> list[Component]:
    """Join what stands closely over one another: a digit that light, or a ruled line, has broken in two."""
    many = sum(one.height > 0.7 * height for one in found) > 3
    tallest = 1.4 * height if many else 2.5 * height
    joined: list[Component] = []
    for one in sorted(found, key=lambda one: one.y):
        above = next((other for other in joined if _stands_on(other, one, tallest)), None)
        if above is None:
            joined.append(one)
        else:
            joined[joined.index(above)] = join(above, one)
    return joined


def _stands_on(above: Component, below: Component, tallest: float) -> bool:
    """Whether they are parts of one digit; not where the border cuts off one of them only: that is a neighbour."""
    if above.at_border != below.at_border or _are_digits(above, below) or _is_underline(below, above):
        return False
    gap = below.y - above.bottom
    height = max(above.bottom, below.bottom) - above.y
    near = gap < 0.1 * height and overlap(above, below) > 0.4 * min(above.width, below.width)
    return near and height <= tallest and below.y + below.height / 2 > above.y + above.height / 2


def _are_digits(above: Component, below: Component) -> bool:
    """Whether they are two digits, clear of one another: about as high, and upright, or far higher than wide together.

    What broke in two lies closer than its pen is thick.
    """
    lower, higher = sorted((above.height, below.height))
    is_clear = below.y - above.bottom > _BREAK * min(above.thickness, below.thickness)
    if not is_clear or lower < _AS_HIGH * higher or min(above.width, below.width) < _SLIM * higher:
        return False
    both = join(above, below)
    return both.height > _TALL * both.width or all(_SLIM < one.width / one.height < _UPRIGHT for one in (above, below))


def _is_underline(bar: Component, body: Component) -> bool:
    """Whether a bar is longer than what it runs below of, which is far higher than the bar."""
    is_bar = bar.width > _BAR * bar.height and bar.y > body.bottom - bar.height
    return is_bar and bar.width > _LONGER * body.width and body.height > _LOW * bar.height


def _attach_small(found: list[Component], height: float) -> tuple[list[Component], list[Component]]:
    """Give each small piece to the digit it lies in or nearly touches: a broken stroke, not a dot or a comma.

    The digits, and the small pieces that belong to none.
    """
    large = [one for one in found if max(one.height, one.width) >= _SMALL * height]
    loose = []
    for small in (one for one in found if max(one.height, one.width) < _SMALL * height):
        near = [i for i, one in enumerate(large) if _belongs(small, one, height)]
        if near:
            host = max(near, key=lambda i: overlap(small, large[i]))
            large[host] = join(large[host], small)
        else:
            loose.append(small)
    if len(loose) == 1:  # among several, one may well be dirt
        large = [join(one, loose[0]) if _ends_in_dot(one, loose[0], height) else one for one in large]
    return large, loose


def _belongs(small: Component, large: Component, height: float) -> bool:
    gap_x = -overlap(small, large)
    gap_y = max(small.y - large.bottom, large.y - small.bottom)
    middle = small.y + small.height / 2
    is_low = middle > large.y + 0.8 * large.height and gap_x > -0.5 * small.width
    return max(gap_x, gap_y) < 0.08 * height and not is_low


def _ends_in_dot(stroke: Component, dot: Component, height: float) -> bool:
    """Whether there is a dot as thick as the pen straight beneath a stroke: an exclamation mark is no 1."""
    is_dot = max(dot.width, dot.height) < _DOT * dot.thickness and dot.thickness > _AS_THICK * stroke.thickness
    is_beneath = 0 < dot.y - stroke.bottom < _SMALL * height and overlap(stroke, dot) > 0.5 * dot.width
    return is_dot and is_beneath


def _small_lines(small: list[Component], lines: list[list[Component]], height: float) -> list[list[Component]]:
    """Lines of small writing: three pieces or more, level with one another, above or below what is large near them.

    Two may be a ditto mark, or dirt; a solid dot is no writing.
    """
    written = [
        one
        for one in small
        if one.height > _SMALLEST * height
        and max(one.width, one.height) > _DOT * one.thickness
        and all(_is_clear(one, line) for line in lines)
    ]
    return [line for line in sort_into_lines(written) if len(line) > 2]


def _is_clear(one: Component, line: list[Component]) -> bool:
    """Whether `one` stands higher or lower than the nearest components of the line."""
    top, bottom = band(nearest(one, line))
    return max(one.y - bottom, top - one.bottom) > 0.1 * (bottom - top)


def _in_order(lines: list[list[Component]]) -> list[list[Component]]:
    """Lines from top to bottom by their tallest component, each from left to right."""
    down = sorted(lines, key=lambda line: line[0].y + line[0].height / 2)
    return [sorted(line, key=lambda one: one.x + one.right) for line in down]


def _within(lines: list[list[Component]]) -> list[list[Component]]:
    """The lines without those that the border cuts off everywhere: of other lines' writing, or of ruling.

    A crop hardly touches all of several digits; one alone may touch the border and be whole, if as high as others.
    """
    free = [one.height for line in lines for one in line if not one.at_border]
    if not free:
        return lines
    several, alone = 2 * max(free), _WHOLE * median(free)
    return [
        line
        for line in lines
        if not all(one.at_border and one.height < (several if len(line) > 1 else alone) for one in line)
    ]
