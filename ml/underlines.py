"""Underlines that touch what stands on them: taken out without cutting digits."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.strokes import pen_width

Map = NDArray[np.float32]
Mask = NDArray[np.uint8]

_INK = 0.3
_NARROWEST = 40
"""Pixels: nothing narrower is looked at."""

_RUN = 8
"""A line is level for this part of its length, at least."""

_ACROSS = 0.95
"""Of the width of all ink."""

_FLATTEST = 0.8
"""Of the line's length: how high writing may be that it underlines."""

_ROW = 1.3
_OVERHANG = 1.5
"""A row is so many times wider than high. Below what is narrower, a line is so many times as long: no base of a 2."""

_ABOVE = 0.9
_FOOT = 0.7
"""Of the writing: how much of its ink is above the line, and how far down the line is."""

_AS_THICK = 1.3
"""Times the pen, at most."""

_MOST = 2


class _Line(NamedTuple):
    """A line in a mask: which pixels are of it, and how thick it is, in pixels."""

    mask: Mask
    thickness: float


def remove_underlines(ink: Map) -> Map:
    """`ink`, float32 (h, w) in [0, 1], without lines on which digits stand; the feet of the digits stay.

    A line that touches nothing is a component of its own, which `ml.layout` leaves out.
    """
    for _ in range(_MOST):
        mask = (ink > _INK).view(np.uint8)
        x, y, width, height = cv2.boundingRect(mask)
        window = np.s_[y : y + height, x : x + width]
        mask = mask[window]
        # Most writing has gaps in its lower half; to look for a line would take as long as all else.
        if width < _NARROWEST or _covered(mask[height // 2 :]) < _ACROSS * width:
            return ink
        line = _find_line(mask)
        if line is None or not _is_underline(line, mask):
            return ink
        strokes = _upright(mask, line.thickness) | _level(mask, line.thickness)
        ink = ink.copy()
        ink[window][_band(line) & (strokes == 0)] = 0
    return ink


def _covered(mask: Mask) -> int:
    """In how many columns there is ink."""
    return cv2.countNonZero(cv2.reduce(mask, 0, cv2.REDUCE_MAX))


def _band(line: _Line) -> NDArray[np.bool_]:
    """The line and its blurred edges."""
    return np.asarray(cv2.dilate(line.mask, np.ones((3, 1), np.uint8))) > 0


def _upright(mask: Mask, thickness: float) -> Mask:
    """Strokes that cross a line of this thickness, or stand on it: they reach well beyond it."""
    return _opened(mask, (int(np.ceil(1.8 * thickness + 2)), 1))


def _level(mask: Mask, thickness: float) -> Mask:
    """Strokes that lie along such a line, as the base of a 2: together they are thicker for a good part of it."""
    return _opened(mask, (int(np.ceil(1.3 * thickness + 2)), int(4 * thickness)))


def _opened(mask: Mask, size: tuple[int, int]) -> Mask:
    """What of a mask rectangles of this size (height, width) fill; beyond the border there is paper."""
    rectangle = np.ones(size, np.uint8)
    return np.asarray(
        cv2.morphologyEx(mask, cv2.MORPH_OPEN, rectangle, borderType=cv2.BORDER_CONSTANT, borderValue=0), np.uint8
    )


def _find_line(mask: Mask) -> _Line | None:
    """The lowest nearly level, straight line across a mask; None where there is none."""
    height, width = mask.shape
    level = _opened(mask, (1, max(3, width // _RUN)))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(level, connectivity=8)
    across = [index for index in range(1, count) if stats[index, cv2.CC_STAT_WIDTH] >= _ACROSS * width]
    for index in sorted(across, key=lambda index: -int(stats[index, cv2.CC_STAT_TOP])):
        line = (labels == index).astype(np.uint8)
        heights = line.sum(axis=0)
        columns = np.nonzero(heights)[0]
        thickness = float(np.median(heights[columns]))
        # By its lower edge: strokes may lie along the upper one.
        edge = height - 1 - line[::-1].argmax(axis=0)[columns]
        straight = np.polynomial.Polynomial.fit(columns, edge, 1)
        if np.percentile(np.abs(edge - straight(columns)), 80) <= 1 + 0.35 * thickness:
            below = np.arange(height)[:, None] - straight(np.arange(width))[None]
            near = (below >= -thickness - 1) & (below <= 2)
            return _Line(line & near.astype(np.uint8), thickness)
    return None


def _is_underline(line: _Line, mask: Mask) -> bool:
    """Whether other ink stands on the line, in a row or far narrower than it, and hardly any hangs below."""
    rest = np.where(_band(line), np.uint8(0), mask)
    _, top, width, height = cv2.boundingRect(rest)
    is_flat = 0 < height < _FLATTEST * mask.shape[1]
    if not is_flat or line.thickness > _AS_THICK * pen_width(rest.astype(np.float32)):
        return False
    rows = np.nonzero(line.mask.any(axis=1))[0]
    middle = float(rows.mean())
    above = rest[: int(middle)].sum() / rest.sum()
    return bool(
        above > _ABOVE
        and middle - top > _FOOT * height
        and mask.shape[1] >= (_ACROSS if width > _ROW * height else _OVERHANG) * width
    )
