"""From a grey picture to the 28x28 tensors the network reads: find the ink, then centre it as MNIST does."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.binarisation import find_ink_on_paper
from ml.flat_paper import find_ink_on_flat_paper
from ml.frames import remove_frames
from ml.paper import shrink
from ml.reflectance import usual_level
from ml.ruling import remove_ruling
from ml.sizes import WORKING_SIDE

PREPROCESSING_VERSION = "9"
"""Changes whenever the same picture would give other tensors, as with another ink network; kept with every model and
every prediction."""

Grey = NDArray[np.uint8]
Map = NDArray[np.float32]

SIDE = 28
BOX = 20
PHOTOGRAPH_SIDES = (384, 640)
"""Pixels: the larger only where no ink can be seen at the smaller, and where ink is looked at from closer by."""

_GLIMPSE = 0.3
_FINE = 4.6
"""Pixels: of strokes as narrow as this, the network loses some."""

_BOUNDARY = 0.1
_THINNEST = 1.7
"""Pixels of the 28x28 field; MNIST's own strokes are two to three wide."""

_WIDEST_PEN = 24
"""Pixels: to thicken strokes by more takes tens of milliseconds for one digit; it is halved first."""


@dataclass(frozen=True, slots=True)
class Ink:
    """Where the ink is.

    `map`: float32 (h, w), 0 = paper, 1 = ink, at the working scale.
    `scale`: pixels of the picture per pixel of the map (1.0 when it was not reduced).
    `contrast`: how far the ink stands from the paper, as a share of the paper's brightness, in [0, 1].
    """

    map: Map
    scale: float
    contrast: float


def find_ink(grey: Grey) -> Ink:
    """Tell ink from paper in a grey picture, uint8 (H, W), either polarity, under even or uneven light."""
    small = shrink(grey, WORKING_SIDE)
    scale = grey.shape[1] / small.shape[1]
    if drawn := find_ink_on_flat_paper(small):
        ink, contrast = drawn
        return Ink(remove_ruling(remove_frames(ink, ink)), scale, contrast)
    return _in_photograph(small, scale)


def _in_photograph(small: Grey, scale: float) -> Ink:
    """Ink in a photograph: seen as a whole, and again from closer by where it covers but a part of it or is fine."""
    whole, ink, lost = _seen_as_a_whole(small)
    factor = small.shape[1] / whole.shape[1]
    window = _around(ink, factor)
    seen_first = Ink(ink, scale * factor, usual_level(lost[ink > 0.5]))
    if factor == 1 or window is None or (max(small[window].shape) > PHOTOGRAPH_SIDES[0] and _pen_width(ink) > _FINE):
        return seen_first
    seen = np.ascontiguousarray(small[window])
    found, lost = _find_writing(shrink(seen, PHOTOGRAPH_SIDES[1]))
    if not (found > 0.5).any():
        return seen_first
    close = np.zeros(small.shape, np.float32)
    close[window] = cv2.resize(found, seen.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return Ink(close, scale, usual_level(lost[found > 0.5]))


def _seen_as_a_whole(small: Grey) -> tuple[Grey, Map, Map]:
    """The picture reduced as far as its ink can still be seen, the ink, and the lost reflectance."""
    for side in PHOTOGRAPH_SIDES:
        whole = shrink(small, side)
        ink, lost = _find_writing(whole)
        if whole.shape == small.shape or (ink > _GLIMPSE).any():
            break
    return whole, ink, lost


def _find_writing(grey: Grey) -> tuple[Map, Map]:
    """Ink without boxes and ruled lines, and the lost reflectance, which shows boxes better: float32 (h, w) each."""
    ink, lost = find_ink_on_paper(grey)
    if level := usual_level(lost[ink > 0.5]):
        ink = remove_frames(ink, lost / np.float32(level))
    return remove_ruling(ink), lost


def _around(ink: Map, factor: float) -> tuple[slice, slice] | None:
    """Rows and columns, `factor` times larger, that hold all ink and paper around it; None where there is none.

    What is small may seem faint from afar, so a little is enough.
    """
    x, y, width, height = cv2.boundingRect((ink > _GLIMPSE).view(np.uint8))
    if not width:
        return None
    margin = 0.5 * max(width, height)
    rows = slice(int(max(0, y - margin) * factor), int((y + height + margin) * factor) + 1)
    return rows, slice(int(max(0, x - margin) * factor), int((x + width + margin) * factor) + 1)


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


def widest_stroke(field: Map) -> float:
    """The diameter in pixels of the largest disc that lies in the ink of a digit, float32 (h, w) in [0, 1]."""
    ink = np.pad((field > 0.5).view(np.uint8), 1)
    return 2 * float(cv2.distanceTransform(ink, cv2.DIST_L2, cv2.DIST_MASK_5).max())


def _scaled(crop: Map) -> Map | None:
    """The ink alone, its longer side BOX pixels; None when there is none."""
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


def thickened(ink: Map, width: float) -> Map:
    """Strokes at least `width` pixels wide: a fine pen would fade to nothing when the ink is reduced.

    Wider strokes need more room: the same on all sides. Where they would have to grow by far, all is half as large.
    """
    pen_width = _pen_width(ink)
    missing = round(width - pen_width)
    if missing < 1:
        return ink
    if missing > _WIDEST_PEN:
        return thickened(halved(ink), width / 2)
    pen = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (missing + 1, missing + 1))
    margin = (missing + 1) // 2
    wide = cv2.copyMakeBorder(ink, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=0)
    return np.asarray(cv2.dilate(wide, pen), np.float32)


def halved(ink: Map) -> Map:
    """Half as large; strokes so thin that they would fade are made two pixels wider before."""
    if _pen_width(ink) < 3:
        ink = np.asarray(cv2.dilate(ink, np.ones((3, 3), np.uint8)), np.float32)
    size = ((ink.shape[1] + 1) // 2, (ink.shape[0] + 1) // 2)
    return np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_AREA), np.float32)


def _pen_width(ink: Map) -> float:
    """How wide strokes are, in pixels: twice their area by the length of their outline."""
    mask = (ink > 0.5).view(np.uint8)
    area = cv2.countNonZero(mask)
    core = cv2.erode(mask, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return 2 * area / max(area - cv2.countNonZero(core), 1)
