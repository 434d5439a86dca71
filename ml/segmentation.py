"""From ink to digits in reading order: propose everything that may be one digit; the network then chooses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.components import Component, Labels, lay_out, usual_height
from ml.cutting import find_cuts
from ml.preprocessing import Ink

Map = NDArray[np.float32]
Box = tuple[int, int, int, int]

MOST_PIECES = 4
"""A digit is never put together from more pieces than this."""

MARGIN = 2
"""Pixels around a box that may hold the soft edge of its ink."""

_INK = 0.35
_WIDE_ALONE = 0.9
_WIDE_IN_ROW = 0.65
_WIDEST = 1.4
_SLIVER = 0.08
_ONE_DIGIT_SIDE = 40
"""Pixels: in a picture this small, pieces far apart may well be one digit, broken by the coarse pixels."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Ink that may be one digit.

    `crop`: float32 (h, w) in [0, 1], the box and MARGIN pixels around it as far as the map goes.
    `box`: (x, y, width, height) in pixels of the ink map.
    `start`, `end`: the pieces of ink it is made of, numbered in reading order through the whole picture.
    `cuts`: on how many sides it was cut from its neighbours.
    `at_border`: it touches the left or right border, so the picture may show only a part of it.
    `size`: its height as a share of the usual height of a digit in this picture.
    """

    crop: Map
    box: Box
    start: int
    end: int
    cuts: int = 0
    at_border: bool = False
    size: float = 1.0

    @property
    def window(self) -> tuple[slice, slice]:
        """Where `crop` lies on the ink map: rows and columns."""
        x, y, _, _ = self.box
        top, left = max(0, y - MARGIN), max(0, x - MARGIN)
        return slice(top, top + self.crop.shape[0]), slice(left, left + self.crop.shape[1])


@dataclass(frozen=True, slots=True)
class _Piece:
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


def propose(ink: Ink, digits: int | None = None) -> list[Candidate]:
    """All candidates of a picture; they overlap, and `ml.reading_order.choose` picks among them.

    `digits`: how many there are, when the caller knows; more than there are components means more cuts.
    """
    layout = lay_out(ink.map)
    count = sum(len(line) for line in layout.lines)
    wide = _WIDE_ALONE if count == 1 and (digits or 1) == 1 else _WIDE_IN_ROW
    candidates: list[Candidate] = []
    everything: list[_Piece] = []
    for line in layout.lines:
        height = max(usual_height(line), 0.5 * layout.height)
        pieces = [
            piece
            for source, one in enumerate(line)
            for piece in _divide(one, source, ink.map, layout.labels, height, wide)
        ]
        candidates += _combine(pieces, len(everything), ink.map.shape, height)
        everything += pieces
    if count > 1 and max(ink.map.shape) <= _ONE_DIGIT_SIDE:
        candidates.append(_candidate(everything, 0, ink.map.shape, layout.height))
    return candidates


def _divide(component: Component, source: int, ink: Map, labels: Labels, height: float, wide: float) -> list[_Piece]:
    """The component as it is, or the parts that cuts leave of it when it is wide enough for two digits."""
    crop = _ink_of(component, ink, labels)
    whole = _Piece(crop, component.x, component.y, source)
    reference = min(height, component.height)
    if component.width < wide * reference or component.height < 0.5 * height:
        return [whole]
    cuts = find_cuts(crop, reference)
    edges = [np.zeros(len(crop), np.int32), *cuts, np.full(len(crop), crop.shape[1], np.int32)]
    parts = [_between(crop, left, right) for left, right in pairwise(edges)]
    kept = [(part, x, y) for part, x, y in parts if part.size]
    return [
        _Piece(part, component.x + x - MARGIN, component.y + y - MARGIN, source, i == 0, i == len(kept) - 1)
        for i, (part, x, y) in enumerate(kept)
    ]


def _ink_of(component: Component, ink: Map, labels: Labels) -> Map:
    """The component's own ink, soft edges kept and other components left out: its box and the margin around it."""
    left, top = min(MARGIN, component.x), min(MARGIN, component.y)
    window = np.s_[component.y - top : component.bottom + MARGIN, component.x - left : component.right + MARGIN]
    own = np.where(np.isin(labels[window], (0, *component.labels)), ink[window], np.float32(0))
    crop = np.zeros((component.height + 2 * MARGIN, component.width + 2 * MARGIN), np.float32)
    crop[MARGIN - top : MARGIN - top + own.shape[0], MARGIN - left : MARGIN - left + own.shape[1]] = own
    return crop


def _between(crop: Map, left: NDArray[np.int32], right: NDArray[np.int32]) -> tuple[Map, int, int]:
    """The ink between two cuts without slivers, with its margin; and where the ink begins (x, y) in `crop`."""
    columns = np.arange(crop.shape[1])
    part = np.where((columns >= left[:, None]) & (columns < right[:, None]), crop, np.float32(0))
    count, labels, stats, _ = cv2.connectedComponentsWithStats((part > _INK).astype(np.uint8), connectivity=8)
    if count < 2:
        return np.zeros((0, 0), np.float32), 0, 0
    areas = stats[:, cv2.CC_STAT_AREA]
    large = [i for i in range(1, count) if areas[i] >= _SLIVER * areas[1:].max()]
    part = np.where(np.isin(labels, [0, *large]), part, np.float32(0))
    x, y = int(stats[large, 0].min()), int(stats[large, 1].min())
    right_end = int((stats[large, 0] + stats[large, 2]).max())
    bottom = int((stats[large, 1] + stats[large, 3]).max())
    return part[y - MARGIN : bottom + MARGIN, x - MARGIN : right_end + MARGIN], x, y


def _combine(pieces: list[_Piece], first: int, shape: tuple[int, ...], height: float) -> Iterator[Candidate]:
    """Every run of neighbouring pieces that may be one digit; each single piece and whole component among them."""
    for start in range(len(pieces)):
        for end in range(start + 1, len(pieces) + 1):
            run = pieces[start:end]
            if end > start + 1 and not _may_join(run[-2], run[-1], height):
                break
            is_whole = run[0].first and run[-1].last and run[0].source == run[-1].source
            width = max(one.right for one in run) - min(one.x for one in run)
            if end == start + 1 or is_whole or (len(run) <= MOST_PIECES and width < _WIDEST * height):
                yield _candidate(run, first + start, shape, height)


def _may_join(a: _Piece, b: _Piece, height: float) -> bool:
    """Whether two neighbours may be strokes of one digit: parts of one blot, or strokes over or close to another."""
    if a.source == b.source:
        return True
    gap = b.x - a.right if b.x >= a.x else a.x - b.right
    narrower = min(a.width, b.width)
    heights = sorted((a.height, b.height))
    is_fragment = heights[0] < 0.6 * heights[1] and gap < 0.2 * height
    return is_fragment or gap < 0.12 * height or -gap > 0.25 * narrower


def _candidate(run: list[_Piece], start: int, shape: tuple[int, ...], height: float) -> Candidate:
    x, y = min(one.x for one in run), min(one.y for one in run)
    right, bottom = max(one.right for one in run), max(one.bottom for one in run)
    crop = np.zeros((bottom - y + 2 * MARGIN, right - x + 2 * MARGIN), np.float32)
    for one in run:
        top, left = one.y - y, one.x - x
        window = crop[top : top + one.crop.shape[0], left : left + one.crop.shape[1]]
        np.maximum(window, one.crop, out=window)
    above, before = max(0, MARGIN - y), max(0, MARGIN - x)
    below, after = max(0, bottom + MARGIN - shape[0]), max(0, right + MARGIN - shape[1])
    return Candidate(
        crop[above : len(crop) - below, before : crop.shape[1] - after],
        (x, y, right - x, bottom - y),
        start,
        start + len(run),
        cuts=int(not run[0].first) + int(not run[-1].last),
        at_border=x == 0 or right == shape[1],
        size=(bottom - y) / height,
    )
