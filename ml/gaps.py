"""Strokes along ruled lines, which the ink network takes for the lines: given back where they are as dark as ink."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.ruling import remove_ruling

Map = NDArray[np.float32]

_DARK = np.float32(0.85)
"""Of the ink's usual darkness: most ruled lines are paler."""

_FOUND = 0.7
"""Of what hangs together and is so dark: as much must be ink already."""

_LEAST = 3
"""Pixels each way: what is missing may be blurred edges, too."""


def without_gaps(ink: Map, darkness: Map) -> Map:
    """`ink`, float32 (h, w) in [0, 1], with what is missing of strokes that are all of one darkness.

    `darkness`: float32 (h, w), by that of ink: 0 = paper, 1 = ink. What reaches the border is a line, not a gap; where
    a line is as dark as a stroke that it touches, they are told apart first.
    """
    if not _gaps(darkness > _DARK, ink > 0.5).any():
        return ink
    darkness = np.clip(darkness, 0, 1)
    return _filled(_filled(ink, darkness), remove_ruling(darkness))


def _filled(ink: Map, darkness: Map) -> Map:
    dark, found = darkness > _DARK, ink > 0.5
    gaps = _gaps(dark, found)
    count, strokes, stats, _ = cv2.connectedComponentsWithStats(dark.view(np.uint8))
    is_torn = np.bincount(strokes[found], minlength=count) > _FOUND * stats[:, cv2.CC_STAT_AREA]
    is_torn &= np.bincount(strokes[gaps > 0], minlength=count) > 0
    at_border = np.ones_like(dark)
    at_border[1:-1, 1:-1] = False
    is_torn[strokes[at_border & ~found]] = False
    is_torn[0] = False  # all that is not dark
    near = cv2.dilate(gaps, np.ones((_LEAST + 2, _LEAST + 2), np.uint8)) > 0
    return np.where(is_torn[strokes] & near & dark, np.maximum(ink, darkness), ink)


def _gaps(dark: NDArray[np.bool_], found: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Where what is dark was not found to be ink, but for what is no more than an edge of what was."""
    missing = (dark & ~found).view(np.uint8)
    return np.asarray(cv2.morphologyEx(missing, cv2.MORPH_OPEN, np.ones((_LEAST, _LEAST), np.uint8)))
