"""Ink in drawings, on paper of one single shade: told by the counts of the shades alone."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.reflectance import LEAST_CONTRAST

Grey = NDArray[np.uint8]
Map = NDArray[np.float32]

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


def find_ink_on_flat_paper(grey: Grey) -> tuple[Map, float] | None:
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
