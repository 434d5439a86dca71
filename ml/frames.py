"""Boxes drawn around digits, as on forms: straight lines around other ink, taken out."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.components import INK

Map = NDArray[np.float32]
Mask = NDArray[np.uint8]

_MOST_OUTLINES = 5_000
"""A page of more is texture, no form."""

_LEAST_SIDE = 20
_MOST_INK = 0.45
"""Of its area: a box is no solid shape."""

_HELD = 0.2
"""Of the box's shorter side: what is lower is no writing that the box was drawn for."""

_CORNER = 0.04
_SQUARE = 0.9
"""Of the area of its convex hull, and of that its four corners' at least."""

_STRAIGHT = 0.3
_MOST_REST = 0.03
"""Of a box's ink: where more is no straight line, a digit hangs on it."""

_SOFT = 2
"""Pixels around ink that may be its soft edge."""


def remove_frames(ink: Map, dark: Map) -> Map:
    """`ink` without the boxes around writing that `dark` shows, float32 (h, w) each; 1 = as dark as ink.

    A box or several side by side. One that a digit hangs on stays.
    """
    mask = (dark > INK).view(np.uint8)
    outlines, trees = cv2.findContours(mask, cv2.RETR_TREE, cv2.CHAIN_APPROX_SIMPLE)
    if not 0 < len(outlines) < _MOST_OUTLINES:
        return ink
    tree, cleared = np.asarray(trees, np.int32)[0], ink.copy()
    for index, holes, held in _around_others(tree):
        if _is_box(outlines[index], [outlines[one] for one in held]):
            x, y, width, height = cv2.boundingRect(outlines[index])
            left, top = max(0, x - _SOFT), max(0, y - _SOFT)
            window = np.s_[top : y + height + _SOFT, left : x + width + _SOFT]
            edges = [outlines[one] - (left, top) for one in (index, *holes)]
            own = np.asarray(cv2.drawContours(np.zeros_like(mask[window]), edges, -1, 1, cv2.FILLED), np.uint8)
            if _is_of_lines(own, width, height):
                cleared[window][(_widened(own) > 0) & (mask[window] <= own)] = 0
    return cleared


def _around_others(tree: NDArray[np.int32]) -> Iterator[tuple[int, list[int], list[int]]]:
    """The outlines with something in one of their holes: each with its holes, and with the outlines in these.

    `tree`: (N, 4), of each outline or hole the next and the last on its level, the first in it, and what it is in, as
    `cv2.findContours` gives them; -1 for none.
    """
    inside, around = tree[:, 2], tree[:, 3]
    for index in np.unique(around[(inside >= 0) & (around >= 0)]).tolist():
        if not _is_hole(tree, index):
            holes = _level(tree, int(inside[index]))
            yield index, holes, [one for hole in holes for one in _level(tree, int(inside[hole]))]


def _is_hole(tree: NDArray[np.int32], index: int) -> bool:
    """Whether an odd number of others are around it."""
    depth = 0
    while (index := int(tree[index, 3])) >= 0:
        depth += 1
    return depth % 2 == 1


def _level(tree: NDArray[np.int32], first: int) -> list[int]:
    """All on one level, from the first on."""
    found = []
    while first >= 0:
        found.append(first)
        first = int(tree[first, 0])
    return found


def _is_box(outline: cv2.typing.MatLike, held: list[cv2.typing.MatLike]) -> bool:
    """Whether it is a quadrangle as large as a box, around something as high as writing."""
    _, _, width, height = cv2.boundingRect(outline)
    side = min(width, height)
    if side < _LEAST_SIDE or not any(cv2.boundingRect(one)[3] > _HELD * side for one in held):
        return False
    hull = cv2.convexHull(outline)
    corners = cv2.approxPolyDP(hull, _CORNER * cv2.arcLength(hull, True), True)
    area = _SQUARE * cv2.contourArea(hull)
    return len(corners) == 4 and cv2.contourArea(outline) > area and cv2.contourArea(corners) > area


def _is_of_lines(own: Mask, width: int, height: int) -> bool:
    """Whether the ink of a box, so wide and so high, is little, and straight lines."""
    length = max(9, int(_STRAIGHT * min(width, height)))
    lines = np.zeros_like(own)
    for shape in ((1, length), (length, 1)):
        np.maximum(lines, cv2.morphologyEx(own, cv2.MORPH_OPEN, np.ones(shape, np.uint8)), out=lines)
    rest = own & ~_widened(lines)
    area = cv2.countNonZero(own)
    return area < _MOST_INK * width * height and cv2.countNonZero(rest) < _MOST_REST * area


def _widened(mask: Mask) -> Mask:
    side = 2 * _SOFT + 1
    return np.asarray(cv2.dilate(mask, np.ones((side, side), np.uint8)), np.uint8)
