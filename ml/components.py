"""Connected pieces of ink: which ones matter, and in which order they are read."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Map = NDArray[np.float32]
Labels = NDArray[np.int32]

MOST_COMPONENTS = 200
"""A page of more pieces than this is texture, not writing."""

_INK = 0.35
_DUST = 0.012
_SPECKLED = 50
_SPECKLE = 0.035
"""Of the longer side: what is smaller is dirt; in a picture full of tiny pieces, more is."""

_SPECK = 0.16
_SMALL = 0.4
_FLAT = 2.0
_DASH = 5.0


@dataclass(frozen=True, slots=True)
class Component:
    """Ink that hangs together: its labels in the label picture, its box in pixels, how many pixels it has.

    `at_border`: it touches the picture's border, so it may be cut off.
    """

    labels: tuple[int, ...]
    x: int
    y: int
    width: int
    height: int
    area: int
    at_border: bool = False

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Layout:
    """The pieces of a picture: `lines` of components in reading order, and the usual height of a digit."""

    labels: Labels
    lines: list[list[Component]]
    height: float


def lay_out(ink: Map) -> Layout:
    """Find the components of an ink map, leave out dirt, dots and dashes, and sort the rest into lines."""
    labels, stats = _label((ink > _INK).astype(np.uint8))
    if not len(stats):
        return Layout(labels, [], 0.0)
    found = _worth_keeping(stats, ink.shape)
    found = _join_stacked(found, usual_height(found))
    height = usual_height(found)
    whole = _attach_small(found, height)
    kept = [one for one in whole if not _is_mark(one, whole, height)]
    return Layout(labels, _lines(kept), height)


def _label(mask: NDArray[np.uint8]) -> tuple[Labels, Labels]:
    """Labels from 1 (h, w), and x, y, width, height, area of each (N, 5); only where there is ink, for speed."""
    labels = np.zeros(mask.shape, np.int32)
    x, y, width, height = cv2.boundingRect(mask)
    if not width:
        return labels, np.zeros((0, 5), np.int32)
    window = np.s_[y : y + height, x : x + width]
    _, labels[window], stats, _ = cv2.connectedComponentsWithStats(mask[window], ltype=cv2.CV_32S)
    return labels, np.asarray(stats[1:] + np.array([x, y, 0, 0, 0]), np.int32)


def join(a: Component, b: Component) -> Component:
    """Both as one component."""
    x, y = min(a.x, b.x), min(a.y, b.y)
    return Component(
        a.labels + b.labels,
        x,
        y,
        max(a.right, b.right) - x,
        max(a.bottom, b.bottom) - y,
        a.area + b.area,
        a.at_border or b.at_border,
    )


def overlap(a: Component, b: Component) -> int:
    """Pixels by which they overlap from left to right; negative: the gap between them."""
    return min(a.right, b.right) - max(a.x, b.x)


def _worth_keeping(stats: Labels, shape: tuple[int, ...]) -> list[Component]:
    """The largest components as such; specks, dust and a frame around the rest left out."""
    tallest = int(stats[:, cv2.CC_STAT_HEIGHT].max())
    longer = stats[:, 2:4].max(axis=1)
    dust = _DUST if len(stats) < _SPECKLED else _SPECKLE
    candidates = np.nonzero(longer > max(2, 0.06 * tallest, dust * max(shape)))[0]
    if len(candidates) > MOST_COMPONENTS:
        largest = np.argsort(stats[candidates, cv2.CC_STAT_AREA])[-MOST_COMPONENTS:]
        candidates = np.sort(candidates[largest])
    found = [_component(int(i) + 1, stats[i], shape) for i in candidates]
    return [one for one in found if not _is_frame(one, found, shape)] or found


def _component(label: int, stats: Labels, shape: tuple[int, ...]) -> Component:
    x, y, width, height, area = (int(value) for value in stats)
    at_border = x == 0 or y == 0 or x + width == shape[1] or y + height == shape[0]
    return Component((label,), x, y, width, height, area, at_border)


def _is_frame(one: Component, others: list[Component], shape: tuple[int, ...]) -> bool:
    """A thin box around other ink, most of the picture wide and high."""
    if one.width < 0.75 * shape[1] or one.height < 0.75 * shape[0] or one.area > 0.2 * one.width * one.height:
        return False
    inner = [other for other in others if other is not one and not other.at_border]
    return any(other.height > 0.25 * one.height for other in inner)


def usual_height(found: list[Component]) -> float:
    """The median height of what may be digits; border pieces count only when there is nothing else."""
    free = [one for one in found if not one.at_border] or found
    tallest = max((one.height for one in free), default=0)
    return float(np.median([one.height for one in free if one.height > 0.4 * tallest])) if free else 0.0


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
    gap = below.y - above.bottom
    height = max(above.bottom, below.bottom) - above.y
    near = gap < 0.1 * height and overlap(above, below) > 0.4 * min(above.width, below.width)
    return near and height <= tallest and below.y + below.height / 2 > above.y + above.height / 2


def _attach_small(found: list[Component], height: float) -> list[Component]:
    """Give each small piece to the digit it lies in or nearly touches: a broken stroke, not a dot or a comma."""
    large = [one for one in found if max(one.height, one.width) >= _SMALL * height]
    for small in (one for one in found if max(one.height, one.width) < _SMALL * height):
        near = [i for i, one in enumerate(large) if _belongs(small, one, height)]
        if near:
            host = max(near, key=lambda i: overlap(small, large[i]))
            large[host] = join(large[host], small)
    return large


def _belongs(small: Component, large: Component, height: float) -> bool:
    gap_x = -overlap(small, large)
    gap_y = max(small.y - large.bottom, large.y - small.bottom)
    middle = small.y + small.height / 2
    is_low = middle > large.y + 0.8 * large.height and gap_x > -0.5 * small.width
    return max(gap_x, gap_y) < 0.08 * height and not is_low


def _is_mark(one: Component, others: list[Component], height: float) -> bool:
    """A speck, or a minus sign that stands by itself (the loose bar of a 5 stands over or beside its body)."""
    if max(one.width, one.height) < _SPECK * height:
        return True
    if one.width < _FLAT * one.height or (one.height > 0.35 * height and one.width < _DASH * one.height):
        return False
    return not any(_may_carry_bar(other, one, height) for other in others if other is not one)


def _may_carry_bar(body: Component, bar: Component, height: float) -> bool:
    near = overlap(body, bar) > -0.15 * height
    middle = bar.y + bar.height / 2
    return near and body.y - 0.35 * height < middle < body.y + 0.45 * body.height and body.height > 0.4 * height


def _lines(components: list[Component]) -> list[list[Component]]:
    """Components sorted into lines from top to bottom, each from left to right."""
    lines: list[list[Component]] = []
    for one in sorted(components, key=lambda one: -one.height):
        home = next((line for line in lines if _is_level(one, line)), None)
        if home is None:
            lines.append([one])
        else:
            home.append(one)
    lines.sort(key=lambda line: line[0].y + line[0].height / 2)
    return [sorted(line, key=lambda one: one.x + one.right) for line in lines]


def _is_level(one: Component, line: list[Component]) -> bool:
    """Whether `one` shares at least half its height with the nearest component of the line."""
    nearest = min(line, key=lambda other: -overlap(one, other))
    shared = min(one.bottom, nearest.bottom) - max(one.y, nearest.y)
    return shared > 0.5 * min(one.height, nearest.height) or (
        overlap(one, nearest) > 0 and shared > -0.2 * nearest.height and one.height < 0.4 * nearest.height
    )
