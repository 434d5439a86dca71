"""From ink to digits in reading order: propose everything that may be one digit; the network then chooses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from ml.components import Component, reaches_border
from ml.layout import lay_out, usual_height
from ml.pieces import MARGIN, Piece, divide
from ml.preprocessing import Ink

Map = NDArray[np.float32]
Box = tuple[int, int, int, int]

MOST_PIECES = 6
"""A digit is never put together from more pieces than this, unless they make up so many whole components."""

_WIDE_ALONE = 0.9
_WIDE_IN_ROW = 0.65
_WIDE_AT_BORDER = 0.35
"""What reaches the left or right border may be a digit and the rest of its neighbour, though it is narrow."""

_WIDEST = 1.4
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
    `at_edge`: it touches the upper or lower border, as in a picture cropped tightly around its digits.
    `size`: its height as a share of the usual height of a digit in its line.
    `is_whole`: it is all of one connected component, uncut.
    `line`: which line of the picture it is in, counted from 0; None for one that spans several.
    """

    crop: Map
    box: Box
    start: int
    end: int
    cuts: int = 0
    at_border: bool = False
    at_edge: bool = False
    size: float = 1.0
    is_whole: bool = False
    line: int | None = 0

    @property
    def window(self) -> tuple[slice, slice]:
        """Where `crop` lies on the ink map: rows and columns."""
        x, y, _, _ = self.box
        top, left = max(0, y - MARGIN), max(0, x - MARGIN)
        return slice(top, top + self.crop.shape[0]), slice(left, left + self.crop.shape[1])


def propose(
    ink: Ink, digits: int | None = None, *, most: int | None = None, pixels: float = np.inf
) -> list[Candidate]:
    """All candidates of a picture; they overlap, and `ml.reading_order` finds ways through them.

    `digits`: how many there are, when the caller knows; where all ink hangs together, more than one means more cuts.
    `most`: stop at so many candidates, for texture has thousands. `pixels`: stop when their crops have more.
    """
    found: list[Candidate] = []
    for one in islice(_proposals(ink, digits), most):
        found.append(one)
        pixels -= one.crop.size
        if pixels < 0:
            break
    return found


def _proposals(ink: Ink, digits: int | None) -> Iterator[Candidate]:
    layout = lay_out(ink.map)
    count = sum(len(line) for line in layout.lines)
    wide = _WIDE_ALONE if count == 1 and (digits or 1) == 1 else _WIDE_IN_ROW
    everything: list[Piece] = []
    spans = set[tuple[int, int]]()
    for number, line in enumerate(layout.lines):
        height = max(usual_height(line), 0.5 * layout.height)
        pieces = [
            piece
            for source, one in enumerate(line, len(everything))
            for piece in divide(one, source, ink.map, layout.labels, height, _wide(one, wide, ink.map.shape))
        ]
        for candidate in _combine(pieces, len(everything), number, ink.map.shape, height):
            spans.add((candidate.start, candidate.end))
            yield candidate
        everything += pieces
    if count > 1 and max(ink.map.shape) <= _ONE_DIGIT_SIDE and (0, len(everything)) not in spans:
        yield _candidate(everything, 0, 0 if len(layout.lines) == 1 else None, ink.map.shape, layout.height)


def _wide(one: Component, wide: float, shape: tuple[int, ...]) -> float:
    return min(wide, _WIDE_AT_BORDER) if reaches_border(one.x, one.width, shape[1]) else wide


def _combine(pieces: list[Piece], first: int, line: int, shape: tuple[int, ...], height: float) -> Iterator[Candidate]:
    """Every run of neighbouring pieces that may be one digit; each single piece and whole component among them."""
    for start in range(len(pieces)):
        for end in range(start + 1, len(pieces) + 1):
            run = pieces[start:end]
            if end > start + 1 and not _may_join(run[-2], run[-1], height):
                break
            width = max(one.right for one in run) - min(one.x for one in run)
            if width >= _WIDEST * height and run[0].source != run[-1].source and end > start + 1:
                break  # what is longer is as wide, and no whole component either
            is_one = len(run) <= MOST_PIECES or (_are_whole(run) and run[-1].source - run[0].source < MOST_PIECES)
            is_sized = width < _WIDEST * height and is_one
            if end == start + 1 or _is_whole(run) or is_sized:
                yield _candidate(run, first + start, line, shape, height)


def _is_whole(run: list[Piece]) -> bool:
    """Whether these are all pieces of one component."""
    return _are_whole(run) and run[0].source == run[-1].source


def _are_whole(run: list[Piece]) -> bool:
    """Whether these are all pieces of the components that they come from."""
    return run[0].first and run[-1].last


def _may_join(a: Piece, b: Piece, height: float) -> bool:
    """Whether two neighbours may be strokes of one digit: parts of one blot, or strokes over or close to another."""
    if a.source == b.source:
        return True
    gap = b.x - a.right if b.x >= a.x else a.x - b.right
    narrower = min(a.width, b.width)
    heights = sorted((a.height, b.height))
    is_fragment = heights[0] < 0.6 * heights[1] and gap < 0.2 * height
    return is_fragment or gap < 0.12 * height or -gap > 0.25 * narrower


def _candidate(run: list[Piece], start: int, line: int | None, shape: tuple[int, ...], height: float) -> Candidate:
    x, y = min(one.x for one in run), min(one.y for one in run)
    right, bottom = max(one.right for one in run), max(one.bottom for one in run)
    crop = run[0].crop if len(run) == 1 else _together(run, x, y, right, bottom)
    above, before = max(0, MARGIN - y), max(0, MARGIN - x)
    below, after = max(0, bottom + MARGIN - shape[0]), max(0, right + MARGIN - shape[1])
    return Candidate(
        crop[above : len(crop) - below, before : crop.shape[1] - after],
        (x, y, right - x, bottom - y),
        start,
        start + len(run),
        cuts=int(not run[0].first) + int(not run[-1].last),
        is_whole=_is_whole(run),
        at_border=reaches_border(x, right - x, shape[1]),
        at_edge=reaches_border(y, bottom - y, shape[0]),
        size=(bottom - y) / height,
        line=line,
    )


def _together(run: list[Piece], x: int, y: int, right: int, bottom: int) -> Map:
    """The ink of all pieces, which lies between these bounds of the map, and the margin around it."""
    crop = np.zeros((bottom - y + 2 * MARGIN, right - x + 2 * MARGIN), np.float32)
    for one in run:
        top, left = one.y - y, one.x - x
        window = crop[top : top + one.crop.shape[0], left : left + one.crop.shape[1]]
        np.maximum(window, one.crop, out=window)
    return crop
