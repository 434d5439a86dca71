"""Connected pieces of ink, and which of them are dirt or a frame."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Map = NDArray[np.float32]
Labels = NDArray[np.int32 | np.uint8]
Stats = NDArray[np.int32]

MOST_COMPONENTS = 200
"""A page of more pieces than this is texture, not writing."""

INK = 0.35
"""What is no darker than this is paper."""

_DUST = 0.012
_SPECKLED = 50
_SPECKLE = 0.035
_AS_SMALL = 0.5
"""Of the longer side, and of four times the shorter: what is smaller is dirt. In a picture full of pieces, more is, if
it is as small beside the tallest one: sixty digits are no dirt."""

_THIN = 0.12
"""Of the largest component, whose box its strokes cross several times: what is thinner was drawn by no pen."""


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

    @property
    def thickness(self) -> float:
        """How thick the ink would be if it were one line as long as the box: at least the pen's width."""
        return self.area / max(self.width, self.height)


def find_components(ink: Map) -> tuple[Labels, list[Component]]:
    """The label picture of an ink map, float32 (h, w), and its components without specks, hairlines and frames."""
    labels, stats = _label((ink > INK).view(np.uint8))
    return labels, _worth_keeping(stats, ink.shape) if len(stats) else []


def _label(mask: NDArray[np.uint8]) -> tuple[Labels, Stats]:
    """Labels from 1 (h, w), and x, y, width, height, area of each (N, 5); only where there is ink, for speed."""
    x, y, width, height = cv2.boundingRect(mask)
    if not width:
        return mask, np.zeros((0, 5), np.int32)
    window = np.s_[y : y + height, x : x + width]
    # Measuring the pieces costs far more than finding them; where there is one, the mask itself says where it is.
    count, _ = cv2.connectedComponents(mask[window], ltype=cv2.CV_32S)
    if count == 2:
        return mask, np.array([[x, y, width, height, cv2.countNonZero(mask)]], np.int32)
    labels = np.zeros(mask.shape, np.int32)
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


def _worth_keeping(stats: Stats, shape: tuple[int, ...]) -> list[Component]:
    """The largest components as such; specks, dust and a frame around the rest left out."""
    tallest = int(stats[:, cv2.CC_STAT_HEIGHT].max())
    longer = stats[:, 2:4].max(axis=1)
    side = min(max(shape), 4 * min(shape))
    specks = min(_SPECKLE * side, _AS_SMALL * tallest) if len(stats) >= _SPECKLED else 0.0
    candidates = np.nonzero(longer > max(2, 0.06 * tallest, _DUST * side, specks))[0]
    if len(candidates) > MOST_COMPONENTS:
        largest = np.argsort(stats[candidates, cv2.CC_STAT_AREA])[-MOST_COMPONENTS:]
        candidates = np.sort(candidates[largest])
    found = [_component(int(i) + 1, stats[i], shape) for i in candidates]
    if not found:
        return []
    pen = max(found, key=lambda one: one.area)
    found = [one for one in found if one.thickness > _THIN * pen.thickness]
    return [one for one in found if not _is_frame(one, found, shape)] or found


def _component(label: int, stats: Stats, shape: tuple[int, ...]) -> Component:
    x, y, width, height, area = (int(value) for value in stats)
    at_border = reaches_border(x, width, shape[1]) or reaches_border(y, height, shape[0])
    return Component((label,), x, y, width, height, area, at_border)


def reaches_border(start: int, length: int, side: int) -> bool:
    """Whether ink from `start` on, `length` pixels long, comes within 0.4 % of a side of `side` pixels to its ends."""
    return start <= side // 250 or start + length >= side - side // 250


def _is_frame(one: Component, others: list[Component], shape: tuple[int, ...]) -> bool:
    """A thin box around other ink, most of the picture wide and high."""
    if one.width < 0.75 * shape[1] or one.height < 0.75 * shape[0] or one.area > 0.2 * one.width * one.height:
        return False
    inner = [other for other in others if other is not one and not other.at_border]
    return any(other.height > 0.25 * one.height for other in inner)
