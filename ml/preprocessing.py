"""From a grey picture to the 28x28 tensors the network reads: find the ink, then centre it as MNIST does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.binarisation import BROADEST, GLANCE_SIDE, find_ink_on_paper, glance
from ml.desks import without_desk
from ml.dots import without_dots
from ml.flat_paper import find_ink_on_flat_paper
from ml.frames import remove_frames
from ml.gaps import without_gaps
from ml.paper import enlarge, shrink
from ml.reflectance import usual_level
from ml.ruling import remove_ruling
from ml.sizes import WORKING_SIDE, Window, times
from ml.strokes import pen_width, thickened
from ml.underlines import remove_underlines

PREPROCESSING_VERSION = "14"
"""Changes whenever the same picture would give other tensors, as with another ink network; kept with every model and
every prediction."""

Grey = NDArray[np.uint8]
Map = NDArray[np.float32]

SIDE = 28
BOX = 20
FAINT_CONTRAST = 0.06
"""Ink with less contrast is too faint to be read."""

PHOTOGRAPH_SIDES = (384, 640, WORKING_SIDE)
"""Pixels: a larger one only where no ink can be seen at the smaller."""

_CLOSE_SIDE = 640
"""Pixels, where ink is looked at from closer by."""

_GLIMPSE = 0.3
_FINE = 4.6
"""Pixels: of strokes as narrow as this, the network loses some."""

_FINEST = 3.0
_NEARER = 1.25
"""Pixels: strokes as narrow as this are looked at in the picture's own pixels, where these are so many times more."""

_BOUNDARY = 0.1
_THINNEST = 1.7
"""Pixels of the 28x28 field; MNIST's own strokes are two to three wide."""


@dataclass(frozen=True, slots=True)
class Ink:
    """Where the ink is.

    `map`: float32 (h, w), 0 = paper, 1 = ink, at the working scale, of the picture or of its part with ink in it.
    `scale`: pixels of the picture per pixel of the map (1.0 when it was not reduced, less when enlarged).
    `contrast`: how far the ink stands from the paper, as a share of the paper's brightness, in [0, 1].
    `origin`: the pixel of the picture, (x, y), where the map begins.
    """

    map: Map
    scale: float
    contrast: float
    origin: tuple[int, int] = (0, 0)


def find_ink(grey: Grey, reduced: float = 1.0, closer: Callable[[Window], Grey] | None = None) -> Ink:
    """Tell ink from paper in a grey picture, uint8 (H, W), either polarity, under even or uneven light.

    `reduced`: how many times larger the picture was. `closer`: shows a part of it as it was then.
    """
    small = shrink(grey, WORKING_SIDE)
    scale = times(grey.shape, small.shape)
    seen, desk = _find(small)
    ink = replace(seen, scale=seen.scale * scale)
    window = _around(ink, grey.shape) if scale * reduced > _NEARER else None
    if window is None or _NEARER * window.side > max(grey.shape) or pen_width(ink.map) > _FINEST:
        return ink
    # From so close, a desk is not known for one.
    if desk is not None and desk[window.scaled(times(desk.shape, grey.shape)).place].any():
        return ink
    near = shrink(closer(window) if closer else window.of(grey), WORKING_SIDE)
    again, _ = _find(near)
    if not (again.map > 0.5).any():
        return ink
    nearer = times((window.height, window.width), near.shape)
    return replace(again, scale=again.scale * nearer, origin=(window.x, window.y))


def _find(small: Grey) -> tuple[Ink, NDArray[np.bool_] | None]:
    """The ink in a picture of no more pixels than are looked at, and where a desk is; None where there is none."""
    small = without_dots(small)
    if drawn := find_ink_on_flat_paper(small):
        found, contrast = drawn
        return Ink(_without_lines(remove_frames(found, found)), 1.0, contrast), None
    large = enlarge(small)
    sheet = without_desk(large)
    ink = _in_photograph(sheet)
    desk = None if sheet is large else sheet != large
    return replace(ink, scale=ink.scale * times(small.shape, large.shape)), desk


def _in_photograph(small: Grey) -> Ink:
    """Ink in a photograph: seen as a whole, and again from closer by where it covers but a part of it or is fine."""
    whole, ink, lost, light = _seen_as_a_whole(small)
    seen_first = Ink(ink, times(small.shape, whole.shape), usual_level(lost[ink > 0.5]))
    window, pen = _around(seen_first, small.shape), pen_width(ink)
    is_near = whole.shape == small.shape or pen * seen_first.scale > BROADEST
    if is_near or window is None or (window.side > PHOTOGRAPH_SIDES[0] and pen > _FINE):
        return seen_first
    found, lost = _find_writing(*find_ink_on_paper(shrink(window.of(small), _CLOSE_SIDE), light))
    if not (found > 0.5).any():
        return seen_first
    close = np.zeros(small.shape, np.float32)
    close[window.place] = cv2.resize(found, (window.width, window.height), interpolation=cv2.INTER_LINEAR)
    return Ink(close, 1.0, usual_level(lost[found > 0.5]))


def _seen_as_a_whole(small: Grey) -> tuple[Grey, Map, Map, bool]:
    """The picture reduced as far as its ink can be seen, ink and lost reflectance, and whether ink is lighter."""
    whole = shrink(small, GLANCE_SIDE)
    *seen, light = glance(whole)
    ink, lost = _find_writing(*seen)
    if pen_width(ink) * PHOTOGRAPH_SIDES[0] > BROADEST * GLANCE_SIDE:
        return whole, ink, lost, light
    for side in PHOTOGRAPH_SIDES:
        if whole.shape == small.shape:
            break
        whole = shrink(small, side)
        *seen, light = glance(whole, light)
        ink, lost = _find_writing(*seen)
        if (ink > _GLIMPSE).any():
            break
    return whole, ink, lost, light


def _find_writing(ink: Map, lost: Map) -> tuple[Map, Map]:
    """Ink without boxes and lines, and the lost reflectance, which shows boxes better: float32 (h, w) each."""
    if level := usual_level(lost[ink > 0.5]):
        darkness = lost / np.float32(level)
        ink = remove_frames(without_gaps(ink, darkness), darkness)
    return _without_lines(ink), lost


def _without_lines(ink: Map) -> Map:
    return remove_underlines(remove_ruling(ink))


def _around(ink: Ink, shape: tuple[int, ...]) -> Window | None:
    """What holds all ink and paper around it, of a picture of `shape`; None where there is none.

    What is small may seem faint from afar, so a little is enough.
    """
    x, y, width, height = cv2.boundingRect((ink.map > _GLIMPSE).view(np.uint8))
    if not width:
        return None
    margin = 0.5 * max(width, height)
    starts = zip((x, y), reversed(shape), strict=True)
    left, top = (min(int(max(0, start - margin) * ink.scale), side - 1) for start, side in starts)
    right, bottom = int((x + width + margin) * ink.scale) + 1, int((y + height + margin) * ink.scale) + 1
    return Window(left, top, min(right, shape[1]) - left, min(bottom, shape[0]) - top)


def normalise(crop: Map) -> Map:
    """Bring one digit into MNIST's form: float32 (h, w) in [0, 1] -> float32 (28, 28) in [0, 1].

    The longer side of the ink becomes 20 pixels, its centre of mass the centre of the field (LeCun et al.,
    "Gradient-based learning applied to document recognition", 1998, section III.A). All zeros without ink.
    """
    field = np.zeros((SIDE, SIDE), np.float32)
    digit = _scaled(crop)
    if digit is None:
        return field
    height, width = digit.shape
    total = float(digit.sum())
    centre_y = float(digit.sum(axis=1) @ np.arange(height)) / total
    centre_x = float(digit.sum(axis=0) @ np.arange(width)) / total
    top = min(max(0, round(SIDE / 2 - centre_y)), SIDE - height)
    left = min(max(0, round(SIDE / 2 - centre_x)), SIDE - width)
    field[top : top + height, left : left + width] = digit
    return field


def _scaled(crop: Map) -> Map | None:
    """The ink alone, its longer side BOX pixels or one more or less; None when there is none."""
    left, top, width, height = cv2.boundingRect((crop > _BOUNDARY).view(np.uint8))
    if not width:
        return None
    bottom, right = top + height, left + width
    factor = BOX / max(height, width)
    if abs(max(height, width) - BOX) <= 1:  # as good as to scale: resampling would only blur
        return crop[max(0, top - 1) : bottom + 1, max(0, left - 1) : right + 1]
    digit = thickened(crop[top:bottom, left:right], _THINNEST / factor)
    height, width = digit.shape
    factor = BOX / max(height, width)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    # The weights of an area may add up to a rounding error more than one.
    return np.minimum(cv2.resize(digit, size, interpolation=method), np.float32(1))
