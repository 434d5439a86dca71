"""What of the paper a picture shows: what is written and no more, one character of a row, or a large sheet."""

from collections.abc import Sequence

import cv2
import numpy as np

from ml.data import PART
from ml.glyphs import UNKNOWN, Glyph
from ml.rendering import Map

_Window = tuple[slice, slice]

_WHOLE = 0.95
_BROKEN = 0.65

_WIDEST_MARGIN = 0.15
_NO_MARGIN = 0.25
_WIDEST_PAPER = 3.0
"""As shares of what is written, and how many of its sides have no margin at all."""


def crop_to_one(glyphs: Sequence[Glyph], rng: np.random.Generator) -> list[Glyph]:
    """One of these characters, with what of its neighbours reaches into the picture, as in the boxes of a form."""
    middle = glyphs[int(rng.integers(len(glyphs)))].ink
    rows, columns = np.nonzero(middle.max(axis=1) > 0.2)[0], np.nonzero(middle.max(axis=0) > 0.2)[0]
    height = rows[-1] - rows[0] + 1
    above, below = (round(value * height) for value in rng.uniform(0.03, 0.4, 2))
    left, right = (round(value * height) for value in rng.uniform(0.03, 0.35, 2))
    window = np.s_[
        max(0, rows[0] - above) : rows[-1] + 1 + below,
        max(0, columns[0] - left) : columns[-1] + 1 + right,
    ]
    return [_cropped(glyph, window) for glyph in glyphs if glyph.ink[window].any()]


def _cropped(glyph: Glyph, window: _Window) -> Glyph:
    ink = np.ascontiguousarray(glyph.ink[window])
    share = float(ink.sum() / glyph.ink.sum())
    return Glyph(ink, glyph.label if share > _WHOLE else PART if share < _BROKEN else UNKNOWN)


def tight_window(ink: Map, rng: np.random.Generator) -> _Window:
    """What is written, and next to nothing around it; all of `ink`, float32 (h, w), where nothing is written."""
    x, y, width, height = cv2.boundingRect((ink > 0.3).view(np.uint8))
    if not width:
        return np.s_[:, :]
    shares = rng.uniform(0, _WIDEST_MARGIN, 4) * (rng.random(4) > _NO_MARGIN)
    above, below, before, after = (round(share * max(width, height)) for share in shares.tolist())
    return np.s_[max(0, y - above) : y + height + below, max(0, x - before) : x + width + after]


def put_on_sheet(inks: Sequence[Map], rng: np.random.Generator, *, largest: int) -> tuple[list[Map], int]:
    """These inks, float32 (h, w) of one shape, with much paper around them, and how long their longer side is now.

    No side of the sheet is longer than `largest` pixels; for that they are reduced.
    """
    side = max(inks[0].shape)
    shares = rng.uniform(0, _WIDEST_PAPER, (2, 2))
    factor = min(1.0, largest / ((1 + shares.sum(axis=1).max()) * side))
    small = [cv2.resize(ink, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) for ink in inks]
    side = max(small[0].shape)
    return [np.asarray(np.pad(ink, (shares * side).astype(int)), np.float32) for ink in small], side
