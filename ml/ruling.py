"""Ruled lines, grids and frames: found as lines across the whole picture, taken out without cutting digits."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

Map = NDArray[np.float32]
Mask = NDArray[np.uint8]

SMALLEST_SIDE = 32
_INK = 0.3
_PALE = 0.6
"""Lines darker than this are not told from ink by their shade."""

_FULL = 0.8
_PARTIAL = 0.35
_SEARCH_SIDE = 400
_TILT = 0.12
_MOST_LINES = 150
_MEASURED = 8
_TIGHT_SIDE = 150


@dataclass(frozen=True, slots=True)
class _Line:
    """A nearly horizontal line.

    `left`, `right`: its y at these borders, in pixels. `cover`: what share of it is ink. `is_through`: whether it
    goes from border to border.
    """

    left: float
    right: float
    cover: float
    is_through: bool

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


def remove_ruling(ink: Map) -> Map:
    """`ink` float32 (h, w) in [0, 1] without the lines that cross the whole picture; strokes on them stay."""
    if min(ink.shape) < SMALLEST_SIDE:
        return ink
    ink = _remove_horizontal(ink, frame_only=False)
    return np.ascontiguousarray(_remove_horizontal(ink.T, frame_only=True).T)


def _remove_horizontal(ink: Map, *, frame_only: bool) -> Map:
    edge = max(2, ink.shape[1] // 30)
    if not ((ink[:, :edge] > _INK).any() or (ink[:, -edge:] > _INK).any()):
        return ink
    ink = np.ascontiguousarray(ink)
    mask = (ink > _INK).astype(np.uint8)
    lines = _find_lines(mask)
    if max(mask.shape) <= _TIGHT_SIDE:  # so small that the bar of a digit is a good part of a line
        lines = [line for line in lines if line.cover >= _FULL]
    if not lines:
        return ink
    # The others may be strokes, and thick.
    surest = [line for line in lines if line.cover >= _FULL and line.is_through] or lines
    thickness = float(np.median([_thickness(mask, line) for line in surest[:_MEASURED]]))
    rest = mask & ~_band(mask, lines, thickness)
    if thickness > 0.6 * _stroke_width(rest):
        lines = [line for line in lines if line.cover >= _FULL and line.is_through]
        if _count(lines, 2 * thickness) < 3:
            lines = [line for line in lines if _is_surely_ruled(line, rest, thickness, frame_only)]
        if not lines:
            return ink
    # What reaches well beyond the line's own thickness is a stroke that crosses or stands on it.
    reach = int(np.ceil(1.8 * thickness + 2))
    strokes = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((reach, 1), np.uint8))
    strokes = cv2.dilate(strokes, np.ones((1, 3), np.uint8))
    ruled = (_band(mask, lines, thickness) > 0) & (strokes == 0)
    ruled &= ink < _darkest(ink[ruled & (mask > 0)])
    return _paler(np.where(ruled, np.float32(0), ink), ink[ruled & (mask > 0)])


def _darkest(on_lines: Map) -> float:
    """How dark ruled lines may be, by the values along them: what is darker than pale lines is written on them."""
    usual = float(np.percentile(on_lines, 40)) if len(on_lines) else 1.0
    return usual + 0.3 if usual <= _PALE else np.inf


def _paler(ink: Map, ruling: Map) -> Map:
    """`ink` without what is no darker than `ruling`, the values on the lines, as long as that leaves the strokes."""
    shade = float(np.percentile(ruling, 75)) if len(ruling) else 1.0
    return ink if shade > _PALE else np.maximum(ink - np.float32(shade), 0) / np.float32(1 - shade)


def _count(lines: list[_Line], distance: float) -> int:
    """How many of the lines lie at least `distance` pixels apart: a thick one is found several times."""
    middles = sorted(line.middle for line in lines)
    return int(bool(middles)) + sum(after - before > distance for before, after in pairwise(middles))


def _is_surely_ruled(line: _Line, rest: Mask, thickness: float, frame_only: bool) -> bool:
    """One or two lines as thick as the pen may be strokes: a 1 as tall as the picture, the bar of a tight 7.

    `rest`: the ink beside the lines.
    """
    height = len(rest)
    if _is_tight(line, rest, thickness):
        return False
    if max(rest.shape) <= _TIGHT_SIDE:
        return not frame_only and 1.5 * thickness < line.middle < height - 1.5 * thickness
    return not (frame_only and 0.06 * height < line.middle < 0.94 * height)


def _is_tight(line: _Line, rest: Mask, thickness: float) -> bool:
    """Whether the picture is cropped to a digit with the line as its bar: together they fill it from top to bottom."""
    edge, reach = max(2, len(rest) // 30), 1.5 * thickness
    above, below = bool(rest[:edge].any()), bool(rest[-edge:].any())
    if line.middle < reach:
        return below
    return above and (below or line.middle > len(rest) - reach)


def _find_lines(mask: Mask) -> list[_Line]:
    """Lines from the left border to the right one (Hough transform, Duda and Hart 1972), best covered first."""
    scale = max(1.0, max(mask.shape) / _SEARCH_SIDE)
    small = _shrink(mask, scale)
    votes = max(20, int(_PARTIAL * small.shape[1]))
    peaks = cv2.HoughLines(small, 1, np.pi / 360, votes, min_theta=np.pi / 2 - _TILT, max_theta=np.pi / 2 + _TILT)
    if peaks is None:
        return []
    rho, theta = peaks.reshape(-1, 2)[:_MOST_LINES].T
    left, right = rho / np.sin(theta), (rho - small.shape[1] * np.cos(theta)) / np.sin(theta)
    covers, through = _covers(small, left, right)
    lines: list[_Line] = []
    for index in np.nonzero(covers >= _PARTIAL)[0]:
        ends = float(left[index]) * scale, float(right[index]) * scale
        line = _Line(*ends, float(covers[index]), bool(through[index]))
        if not any(_same(line, other, 3 * scale) for other in lines):
            lines.append(line)
    return lines


def _shrink(mask: Mask, scale: float) -> Mask:
    if scale == 1.0:
        return mask
    size = (max(1, round(mask.shape[1] / scale)), max(1, round(mask.shape[0] / scale)))
    return (cv2.resize(mask * 255, size, interpolation=cv2.INTER_AREA) > 60).astype(np.uint8)


def _same(a: _Line, b: _Line, distance: float) -> bool:
    return abs(a.left - b.left) < distance and abs(a.right - b.right) < distance


def _covers(mask: Mask, left: Map, right: Map) -> tuple[Map, NDArray[np.bool_]]:
    """Which share of each line, as long as it is within the picture, is ink, float32 (N,), and which go through it.

    The share is below _FULL if any eighth of the line is bare, and zero when it reaches neither border: a stroke.
    """
    columns = np.arange(mask.shape[1], dtype=np.float32) / mask.shape[1]
    rows = np.rint(left[:, None] + (right - left)[:, None] * columns).astype(np.intp)
    tolerant = cv2.dilate(mask, np.ones((3, 1), np.uint8))
    inside = (rows >= 0) & (rows < len(mask))
    covered = (tolerant[np.clip(rows, 0, len(mask) - 1), np.arange(mask.shape[1])] > 0) & inside
    length = np.maximum(inside.sum(axis=1), 16)
    share = covered.sum(axis=1) / length
    eighths = np.stack([part.mean(axis=1) for part in np.array_split(covered | ~inside, 8, axis=1)])
    share = np.where(eighths.min(axis=0) >= 0.5, share, np.minimum(share, 0.99 * _FULL))
    reaches = covered[:, :8].any(axis=1) | covered[:, -8:].any(axis=1) | ~inside.all(axis=1)
    through = (covered[:, :2] | ~inside[:, :2]).any(axis=1) & (covered[:, -2:] | ~inside[:, -2:]).any(axis=1)
    return np.where(reaches, share, 0).astype(np.float32), through


def _band(mask: Mask, lines: list[_Line], thickness: float) -> Mask:
    band = np.zeros_like(mask)
    for line in lines:
        cv2.line(band, (0, round(line.left)), (mask.shape[1], round(line.right)), 1, int(thickness) + 4)
    return band


def _thickness(mask: Mask, line: _Line) -> float:
    """Median height of the ink along the line, in pixels."""
    height, width = mask.shape
    columns = np.linspace(0, width - 1, min(width, 100)).astype(np.intp)
    middle = np.rint(line.left + (line.right - line.left) * columns / width).astype(np.intp)
    reach = max(6, height // 13)
    rows = middle[:, None] + np.arange(-reach, reach + 1)
    column = np.where((rows >= 0) & (rows < height), mask[np.clip(rows, 0, height - 1), columns[:, None]], 0)
    below = np.cumprod(column[:, reach:], axis=1).sum(axis=1)
    above = np.cumprod(column[:, reach::-1], axis=1).sum(axis=1)
    heights = (below + above - 1)[below > 0]
    return float(np.median(heights)) if len(heights) else 1.0


def _stroke_width(mask: Mask) -> float:
    """Typical width of the strokes in `mask`, in pixels; 0 when it is empty."""
    depth = cv2.distanceTransform(mask, cv2.DIST_L2, 3)
    inside = depth[depth > 0]
    return 2 * float(np.percentile(inside, 90)) if len(inside) else 0.0
