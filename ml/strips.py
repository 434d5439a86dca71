"""Lines of ink as the line network sees them: strips of one height and any length."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.reading_order import DIGIT_SIZE
from ml.segmentation import Candidate
from ml.strokes import Map, halved, thickened

HEIGHT = 32
"""Pixels."""

_DIGIT = 22
_TALLEST = 30
"""How high a usual digit becomes, and how high the line is at most."""

_SIDE = 8
"""Pixels of paper before and after the line."""

_FEWEST = 4
_LEVEL = 0.04
"""So many pieces tell whether a line rises or falls; by less it is level."""

_THINNEST = 1.7
_COARSE = 4
"""How many times larger than the strip a line is at most while its strokes are thickened, for speed."""


def make_strip(candidates: Sequence[Candidate]) -> NDArray[np.uint8]:
    """The ink of one line, level, uint8 (HEIGHT, w), 255 = ink; a digit of usual height is _DIGIT pixels high in it.

    `candidates`: all of the line, at least one. What is far above or below the digits is cut off.
    """
    pieces = [one for one in candidates if one.end == one.start + 1]
    # What is smaller than a digit does not say where the line is.
    large = [one for one in pieces if one.size > DIGIT_SIZE] or pieces
    slope = _slope(large)
    upper, lower = _bounds(large, slope)
    left, right = min(one.window[1].start for one in pieces), max(one.window[1].stop for one in pieces)
    usual = pieces[0].box[3] / pieces[0].size
    factor = min(_DIGIT / usual, _TALLEST / (lower - upper))
    height = max(1, round(HEIGHT / factor))
    line = _reduced(_drawn(pieces, slope, (left, right), round((upper + lower - height) / 2), height))
    size = (max(1, round((right - left) * factor)), HEIGHT)
    method = cv2.INTER_AREA if len(line) > HEIGHT else cv2.INTER_LINEAR
    ink = np.minimum(cv2.resize(line, size, interpolation=method), np.float32(1))
    return np.pad(np.rint(ink * 255).astype(np.uint8), ((0, 0), (_SIDE, _SIDE)))


def _slope(pieces: Sequence[Candidate]) -> float:
    """By how much the line falls from pixel to pixel; 0 where it is as good as level, or too short to tell."""
    x, y = (np.array([one.box[axis] + one.box[axis + 2] / 2 for one in pieces]) for axis in (0, 1))
    if len(pieces) < _FEWEST or np.ptp(x) < _FEWEST * np.median([one.box[3] for one in pieces]) / 2:
        return 0.0
    slope = float(np.polyfit(x, y, 1)[0])
    return slope if abs(slope) > _LEVEL else 0.0


def _bounds(pieces: Sequence[Candidate], slope: float) -> tuple[float, float]:
    """The highest and the lowest row of the pieces, had the line been level from the map's first column on."""
    boxes = np.array([one.box for one in pieces])
    risen = boxes[:, 1] - slope * (boxes[:, 0] + boxes[:, 2] / 2)
    return float(risen.min()), float((risen + boxes[:, 3]).max())


def _drawn(pieces: Sequence[Candidate], slope: float, columns: tuple[int, int], top: int, height: int) -> Map:
    """The ink of all pieces between these columns of the map, made level, from row `top` on."""
    left, right = columns
    upper, lower = min(one.window[0].start for one in pieces), max(one.window[0].stop for one in pieces)
    ink = np.zeros((lower - upper, right - left), np.float32)
    for piece in pieces:
        rows, across = piece.window
        own = ink[rows.start - upper : rows.stop - upper, across.start - left : across.stop - left]
        np.maximum(own, piece.crop, out=own)
    fall = np.array([[1, 0, 0], [-slope, 1, upper - top - slope * left]], np.float32)
    return np.asarray(cv2.warpAffine(ink, fall, (right - left, height), flags=cv2.INTER_LINEAR), np.float32)


def _reduced(line: Map) -> Map:
    """Smaller where it is much larger than the strip, with strokes so wide that the strip still shows them."""
    while len(line) > _COARSE * HEIGHT:
        line = halved(line)
    # At this size strokes never have to grow so far that `thickened` halves the line: the margins are alike.
    wide = thickened(line, _THINNEST * len(line) / HEIGHT)
    margin = (len(wide) - len(line)) // 2
    return wide[margin : margin + len(line), margin : margin + line.shape[1]]
