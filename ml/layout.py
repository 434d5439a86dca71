"""Components made whole and put into the order in which they are read: lines, from left to right."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

import cv2
import numpy as np

from ml.components import Component, Labels, Map, find_components, join, overlap

_SPECK = 0.16
_SMALL = 0.4
_FLAT = 2.0
_DASH = 5.0
_DOT_HEIGHT = 0.25
_DOT_AREA = 0.1
_MOST_DOTS = 3
_SMALLEST = 0.2
_CUT_OFF = 0.8

_STRAIGHT = 2.2
"""Times the pen: a bar is no wider; a flat 2 is."""

_LINE = 2.0
"""Times its thickness: what is higher is no dash, however long, but perhaps many digits that hang together."""


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
    lines = _lines([one for one in whole if not _is_mark(one, whole, height, labels)])
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
    if above.at_border != below.at_border:
        return False
    gap = below.y - above.bottom
    height = max(above.bottom, below.bottom) - above.y
    near = gap < 0.1 * height and overlap(above, below) > 0.4 * min(above.width, below.width)
    return near and height <= tallest and below.y + below.height / 2 > above.y + above.height / 2


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
    return large, loose


def _belongs(small: Component, large: Component, height: float) -> bool:
    gap_x = -overlap(small, large)
    gap_y = max(small.y - large.bottom, large.y - small.bottom)
    middle = small.y + small.height / 2
    is_low = middle > large.y + 0.8 * large.height and gap_x > -0.5 * small.width
    return max(gap_x, gap_y) < 0.08 * height and not is_low


def _is_mark(one: Component, others: list[Component], height: float, labels: Labels) -> bool:
    """A speck, or a minus sign that stands by itself (the loose bar of a 5 stands over or beside its body)."""
    if max(one.width, one.height) < _SPECK * height:
        return True
    is_line = one.width >= _DASH * one.height and one.height < _LINE * one.thickness
    is_flat = one.width >= _FLAT * one.height and one.height <= 0.35 * height
    if not is_line and not (is_flat and _is_bar(one, labels)):
        return False
    return not any(_may_carry_bar(other, one, height) for other in others if other is not one)


def _is_bar(one: Component, labels: Labels) -> bool:
    """Whether it is one straight stroke, however it slopes: its narrowest box is hardly wider than its ink is."""
    window = labels[one.y : one.bottom, one.x : one.right]
    mask = np.pad(np.isin(window, one.labels).astype(np.uint8), 1)
    pen = 2 * float(cv2.distanceTransform(mask, cv2.DIST_L2, cv2.DIST_MASK_5).max())
    points = cv2.findNonZero(mask)
    return min(cv2.minAreaRect(points)[1]) < _STRAIGHT * pen


def _may_carry_bar(body: Component, bar: Component, height: float) -> bool:
    near = overlap(body, bar) > -0.15 * height
    middle = bar.y + bar.height / 2
    return near and body.y - 0.35 * height < middle < body.y + 0.45 * body.height and body.height > 0.4 * height


def _small_lines(small: list[Component], lines: list[list[Component]], height: float) -> list[list[Component]]:
    """Lines of small writing: two pieces or more, level with one another, above or below what is large near them."""
    written = [one for one in small if one.height > _SMALLEST * height and all(_is_clear(one, line) for line in lines)]
    return [line for line in _lines(written) if len(line) > 1]


def _is_clear(one: Component, line: list[Component]) -> bool:
    """Whether `one` stands higher or lower than the nearest components of the line."""
    top, bottom = _band(one, line)
    return max(one.y - bottom, top - one.bottom) > 0.1 * (bottom - top)


def _lines(components: list[Component]) -> list[list[Component]]:
    """Components sorted into lines."""
    lines: list[list[Component]] = []
    for one in sorted(components, key=lambda one: -one.height):
        home = next((line for line in lines if _is_level(one, line)), None)
        if home is None:
            lines.append([one])
        else:
            home.append(one)
    return lines


def _in_order(lines: list[list[Component]]) -> list[list[Component]]:
    """Lines from top to bottom by their tallest component, each from left to right."""
    down = sorted(lines, key=lambda line: line[0].y + line[0].height / 2)
    return [sorted(line, key=lambda one: one.x + one.right) for line in down]


def _within(lines: list[list[Component]]) -> list[list[Component]]:
    """The lines without those that the border cuts off everywhere: of other lines' writing, or of ruling."""
    free = [one.height for line in lines for one in line if not one.at_border]
    if not free:
        return lines
    return [line for line in lines if not all(one.at_border and one.height < _CUT_OFF * max(free) for one in line)]


def _is_level(one: Component, line: list[Component]) -> bool:
    """Whether at least half of `one` is as high up as the components of the line that are nearest to it."""
    nearest = min(line, key=lambda other: -overlap(one, other))
    top, bottom = _band(one, line)
    shared = min(one.bottom, bottom) - max(one.y, top)
    return shared > 0.5 * min(one.height, nearest.height) or (
        overlap(one, nearest) > 0 and shared > -0.2 * nearest.height and one.height < 0.4 * nearest.height
    )


def _band(one: Component, line: list[Component]) -> tuple[int, int]:
    """Top and bottom of the two components of the line that are nearest to `one`.

    Two, for next to a small digit at the foot of a line a small one may stand at its head.
    """
    near = sorted(line, key=lambda other: -overlap(one, other))[:2]
    return min(other.y for other in near), max(other.bottom for other in near)
