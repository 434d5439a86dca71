"""Components as the pieces of ink that are never divided further: whole, or cut where digits may touch."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.components import INK, Component, Labels, Map
from ml.cutting import find_cuts

MARGIN = 2
"""Pixels around a box that may hold the soft edge of its ink."""

_SLIVER = 0.08


@dataclass(frozen=True, slots=True)
class Piece:
    """What is never divided further.

    `crop`: its ink float32 and MARGIN pixels on each side. `x`, `y`: where the
    ink begins on the map. `source`: the component it comes from; `first`, `last`: whether it is the outermost part.
    """

    crop: Map
    x: int
    y: int
    source: int
    first: bool = True
    last: bool = True

    @property
    def width(self) -> int:
        return int(self.crop.shape[1]) - 2 * MARGIN

    @property
    def height(self) -> int:
        return int(self.crop.shape[0]) - 2 * MARGIN

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height


def divide(component: Component, source: int, ink: Map, labels: Labels, height: float, wide: float) -> list[Piece]:
    """The component as it is, or the parts that cuts leave of it when it is wide enough for two digits."""
    crop = _ink_of(component, ink, labels)
    whole = Piece(crop, component.x, component.y, source)
    reference = min(height, component.height)
    if component.width < wide * reference or component.height < 0.5 * height:
        return [whole]
    cuts = find_cuts(crop, reference)
    edges = [np.zeros(len(crop), np.int32), *cuts, np.full(len(crop), crop.shape[1], np.int32)]
    parts = [_between(crop, left, right) for left, right in pairwise(edges)]
    kept = [(part, x, y) for part, x, y in parts if part.size]
    return [
        Piece(part, component.x + x - MARGIN, component.y + y - MARGIN, source, i == 0, i == len(kept) - 1)
        for i, (part, x, y) in enumerate(kept)
    ]


def _ink_of(component: Component, ink: Map, labels: Labels) -> Map:
    """The component's own ink, soft edges kept and other components left out: its box and the margin around it."""
    left, top = min(MARGIN, component.x), min(MARGIN, component.y)
    window = np.s_[component.y - top : component.bottom + MARGIN, component.x - left : component.right + MARGIN]
    others = labels[window] != 0
    for label in component.labels:
        others &= labels[window] != label
    crop = np.zeros((component.height + 2 * MARGIN, component.width + 2 * MARGIN), np.float32)
    own = crop[MARGIN - top :, MARGIN - left :][: others.shape[0], : others.shape[1]]
    own[:] = ink[window]
    own[others] = 0
    return crop


def _between(crop: Map, left: NDArray[np.int32], right: NDArray[np.int32]) -> tuple[Map, int, int]:
    """The ink between two cuts without slivers, with its margin; and where the ink begins (x, y) in `crop`."""
    first, last = max(0, int(left.min()) - MARGIN), int(right.max()) + MARGIN
    columns = np.arange(first, min(last, crop.shape[1]))
    part = np.where((columns >= left[:, None]) & (columns < right[:, None]), crop[:, first:last], np.float32(0))
    count, labels, stats, _ = cv2.connectedComponentsWithStats((part > INK).astype(np.uint8), connectivity=8)
    if count < 2:
        return np.zeros((0, 0), np.float32), 0, 0
    areas = stats[1:, cv2.CC_STAT_AREA]
    is_large = areas >= _SLIVER * areas.max()
    if not is_large.all():
        part[np.append(False, ~is_large)[labels]] = 0
    large = stats[1:][is_large]
    x, y = int(large[:, 0].min()), int(large[:, 1].min())
    right_end, bottom = int((large[:, 0] + large[:, 2]).max()), int((large[:, 1] + large[:, 3]).max())
    return part[y - MARGIN : bottom + MARGIN, x - MARGIN : right_end + MARGIN], first + x, y
