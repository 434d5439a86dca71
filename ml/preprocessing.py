"""From a grey picture to the 28x28 tensors the network reads: find the ink, then centre it as MNIST does."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.paper import shrink
from ml.reflectance import LEAST_CONTRAST, find_lost, usual_level
from ml.ruling import remove_ruling

PREPROCESSING_VERSION = "5"
"""Changes whenever the same picture would give other tensors; kept with every model and every prediction."""

Grey = NDArray[np.uint8]
Map = NDArray[np.float32]

SIDE = 28
BOX = 20
WORKING_SIDE = 1000

_FLAT = 0.6
_FLAT_SMALL = 0.3
_TWO_SHADES = 0.75
_RIVAL = 0.3
_CORNER = 10
"""A corner is one so-manieth of each side."""
_SHADED = 0.08
_SMALL_SIDE = 64
_SHADES = np.arange(256, dtype=np.float32)
_FULL_CONTRAST = 0.75
_BOUNDARY = 0.1
_THINNEST = 1.7
"""Pixels of the 28x28 field; MNIST's own strokes are two to three wide."""


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
    if drawn := _on_flat_paper(small):
        ink, contrast = drawn
        return Ink(remove_ruling(ink), scale, contrast)
    ink, lost = find_lost(small)
    ink = remove_ruling(ink)
    return Ink(ink, scale, usual_level(lost[ink > 0.5]))


def _on_flat_paper(grey: Grey) -> tuple[Map, float] | None:
    """Ink and contrast of a drawing on paper of one single shade; None for any other picture."""
    window = _written_on(grey)
    counts = _counts(grey, window)
    paper = _paper_shade(grey, counts)
    is_small = max(grey.shape) <= _SMALL_SIDE
    if not _is_flat(counts, paper, _FLAT_SMALL if is_small else _FLAT):
        return None
    darker = (paper - _SHADES) / np.float32(255)
    contrast, level = _contrast(darker, counts)
    if level < LEAST_CONTRAST:  # on a large sheet the paper's grain may outweigh a small digit
        contrast, level = _contrast(darker, np.where(np.abs(darker) > LEAST_CONTRAST, counts, np.float32(0)))
    if not is_small and counts[(contrast > LEAST_CONTRAST) & (contrast < level / 4)].sum() > _SHADED:
        return None
    if level < LEAST_CONTRAST:
        return np.zeros(grey.shape, np.float32), level
    table = np.minimum(contrast / (level if level < _FULL_CONTRAST else 1.0), 1.0).astype(np.float32)
    ink = np.full(grey.shape, table[grey[0, 0]])
    ink[window] = cv2.LUT(grey[window], table)
    return ink, level


def _written_on(grey: Grey) -> tuple[slice, slice]:
    """Rows and columns of all that differs from the first pixel; the whole picture when nothing does."""
    x, y, width, height = cv2.boundingRect((grey != grey[0, 0]).view(np.uint8))
    return np.s_[y : y + height, x : x + width] if width else np.s_[:, :]


def _counts(grey: Grey, window: tuple[slice, slice]) -> Map:
    """The share of each shade, float32 (256,); what lies outside the window is as the first pixel."""
    inside = grey[window]
    counts = np.asarray(cv2.calcHist([inside], [0], None, [256], [0, 256]).ravel(), np.float32)
    counts[grey[0, 0]] += grey.size - inside.size
    return counts / np.float32(grey.size)


def _paper_shade(grey: Grey, counts: Map) -> int:
    """The commonest shade; of two that share the picture, as in a tight crop, the one that has more of its corners."""
    commonest = int(counts.argmax())
    if counts[commonest] > 1 - _RIVAL:
        return commonest
    far = _far(counts, commonest)
    rival = int(far.argmax())
    if far[rival] < _RIVAL:
        return commonest
    height, width = (max(1, side // _CORNER) for side in grey.shape)
    corners = grey[np.r_[:height, -height:0]][:, np.r_[:width, -width:0]].astype(np.int16)
    nearer = np.abs(corners - rival) < np.abs(corners - commonest)
    return rival if nearer.mean() > 0.5 else commonest


def _far(counts: Map, shade: int) -> Map:
    """The counts of those shades only that are far from this one."""
    return np.where(np.abs(_SHADES - shade) > _FULL_CONTRAST * 255, counts, np.float32(0))


def _is_flat(counts: Map, paper: int, least: float) -> bool:
    """Whether one shade, or two far apart where a blot hides much of the paper, make up the picture."""
    share = counts[max(0, paper - 1) : paper + 2].sum()
    if share >= least:
        return True
    far = _far(counts, paper)
    blot = int(far.argmax())
    return bool(share + far[max(0, blot - 1) : blot + 2].sum() > _TWO_SHADES)


def _contrast(darker: Map, counts: Map) -> tuple[Map, float]:
    """Each shade's contrast, to the side where the ink is, and the one below which 95 % of the ink's mass lies."""
    contrast = np.maximum(darker if counts @ darker >= 0 else -darker, 0)
    order = np.argsort(contrast)
    mass = np.cumsum((contrast * counts)[order])
    return contrast, float(contrast[order[np.searchsorted(mass, 0.95 * mass[-1])]])


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
    """The ink alone, its longer side BOX pixels; None when there is none."""
    left, top, width, height = cv2.boundingRect((crop > _BOUNDARY).view(np.uint8))
    if not width:
        return None
    bottom, right = top + height, left + width
    factor = BOX / max(height, width)
    if abs(max(height, width) - BOX) <= 1:  # as good as to scale: resampling would only blur
        return crop[max(0, top - 1) : bottom + 1, max(0, left - 1) : right + 1]
    digit = _thickened(crop[top:bottom, left:right], _THINNEST / factor)
    height, width = digit.shape
    factor = BOX / max(height, width)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    # The weights of an area may add up to a rounding error more than one.
    return np.minimum(cv2.resize(digit, size, interpolation=method), np.float32(1))


def _thickened(digit: Map, width: float) -> Map:
    """Strokes at least `width` pixels wide: a fine pen would fade to nothing when the digit is reduced."""
    mask = (digit > 0.5).view(np.uint8)
    area = cv2.countNonZero(mask)
    core = cv2.erode(mask, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    missing = round(width - 2 * area / max(area - cv2.countNonZero(core), 1))
    if missing < 1:
        return digit
    pen = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (missing + 1, missing + 1))
    margin = (missing + 1) // 2
    wide = cv2.copyMakeBorder(digit, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=0)
    return np.asarray(cv2.dilate(wide, pen), np.float32)
