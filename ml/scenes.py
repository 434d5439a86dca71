"""Photographs of written ink, of more kinds than `ml.rendering` knows: what the ink network learns to see through.

Worn paper, ruling, grids, margins and frames, shadows, dirt, uneven ink, noise, a desk around the sheet, and what is
left of photographs in two shades.
"""

import cv2
import numpy as np
from PIL import Image

from ml.rendering import Grey, Map, invert, light, rule, smooth_noise, through_jpeg

_Shape = tuple[int, int]

_MOST_GRAIN = 0.15
"""Of a desk's brightness: how far its pattern strays from it."""

_ON_A_BRIGHT_DESK = 0.1
ANY_DESK, CLEAR_DESK = 0.88, 0.6
"""Of the paper's brightness: the most that a darker desk has. Up to the second, `ml.desks` tells it from shadow."""

_SLANT = 0.3
"""Of the room between what is written and the picture's border: how far the ends of an edge stray from its middle."""

_NARROWEST_PAPER = 0.04
"""Of the longer side: between what is written and the edge of the sheet."""


def take_photo(
    ink: Map,
    rng: np.random.Generator,
    side: float | None = None,
    *,
    desk: float | None = None,
    is_on_lines: bool = False,
) -> Grey:
    """A photograph of `ink`, float32 (h, w) in [0, 1]: uint8 (h, w); one in five shows light ink on dark ground.

    `side`: pixels, by which lines, dirt and blur are measured, where writing covers but a part; else the longer side.
    `desk`: where there is room around the writing, the sheet ends on some sides, and a desk is seen, mostly darker: of
    this share of the paper's brightness at most. `is_on_lines`: where paper is ruled, a line runs along the row of
    pixels that has most ink.
    """
    shape = (ink.shape[0], ink.shape[1])
    side = side or max(shape)
    paper = rng.uniform(90, 252)
    contrast = rng.uniform(0.1, 0.4) if rng.random() < 0.45 else rng.uniform(0.4, 0.95)
    row = int(ink.sum(axis=1).argmax()) if is_on_lines else None
    surface = _paper(shape, side, paper, contrast, rng, row)
    if rng.random() < 0.5:
        grain = smooth_noise(shape, rng.uniform(0.7, 2.5), rng)
        ink = np.asarray(ink * (1 - rng.uniform(0, 0.6) * grain), np.float32)
    written = np.asarray(surface - contrast * surface * ink, np.float32)
    if desk is not None:
        written = _lay_on_desk(written, ink, paper, desk, rng)
    lit = written * _light(shape, rng)
    blur = rng.uniform(0.2, 1.9) * side / 200 + 0.05
    noisy = cv2.GaussianBlur(lit, (0, 0), blur) + rng.normal(0, rng.uniform(0.3, 8), shape)
    picture = np.asarray(np.clip(noisy, 0, 255), np.uint8)
    if rng.random() < 0.8:
        picture = through_jpeg(picture, int(rng.integers(30, 96)))
    return invert(picture) if rng.random() < 0.2 else picture


def make_bilevel(picture: Grey, rng: np.random.Generator) -> Grey:
    """A photograph of dark ink, uint8 (h, w), made black and white: dithered, or with a threshold at each point."""
    if rng.random() < 0.5:
        return np.asarray(Image.fromarray(picture).convert("1"), np.uint8) * np.uint8(255)
    window = 2 * int(max(picture.shape) * rng.uniform(0.02, 0.07)) + 3
    weights = cv2.ADAPTIVE_THRESH_GAUSSIAN_C if rng.random() < 0.5 else cv2.ADAPTIVE_THRESH_MEAN_C
    below = float(rng.uniform(3, 14))
    return np.asarray(cv2.adaptiveThreshold(picture, 255, weights, cv2.THRESH_BINARY, window, below), np.uint8)


def _lay_on_desk(sheet: Map, ink: Map, paper: float, most: float, rng: np.random.Generator) -> Map:
    """The sheet, at a slant, on a desk with a pattern and in its shade, mostly of at most this share of `paper`."""
    shape = (sheet.shape[0], sheet.shape[1])
    covered = _cover(ink, rng)
    brightness = paper * (rng.uniform(1.1, 1.4) if rng.random() < _ON_A_BRIGHT_DESK else rng.uniform(0.08, most))
    desk = np.full(shape, brightness, np.float32)
    height, width = np.exp(rng.uniform(np.log(2), np.log(max(shape)), 2)).tolist()
    desk *= 1 + rng.uniform(0, _MOST_GRAIN) * _stains(shape, (height, width), rng)
    if rng.random() < 0.5:
        near = cv2.GaussianBlur(covered, (0, 0), rng.uniform(0.005, 0.04) * max(shape))
        desk *= 1 - rng.uniform(0.1, 0.6) * near
    return np.asarray(covered * sheet + (1 - covered) * desk, np.float32)


def _cover(ink: Map, rng: np.random.Generator) -> Map:
    """What of a picture a sheet covers, float32 (h, w): all that is written; on some sides it ends beyond that."""
    height, width = ink.shape
    x, y, wide, high = cv2.boundingRect((ink > 0.1).view(np.uint8))
    if not wide:
        x, y, wide, high = width // 3, height // 3, width // 3, height // 3
    margin = _NARROWEST_PAPER * max(height, width)
    room = np.array([x, y, width - x - wide, height - y - high]) - margin
    ends = (room > 0) & (rng.random(4) < 0.6)
    # How far each edge is from the writing, at both of its corners.
    shares = np.clip(rng.uniform(0, 1, (4, 1)) + rng.uniform(-_SLANT, _SLANT, (4, 2)), 0, 1)
    away = np.where(ends[:, None], margin + shares * room[:, None], float(2 * max(height, width)))
    left, top, right, bottom = away
    corners = [
        (x - left[0], y - top[0]),
        (x + wide + right[0], y - top[1]),
        (x + wide + right[1], y + high + bottom[1]),
        (x - left[1], y + high + bottom[0]),
    ]
    covered = np.zeros((height, width), np.float32)
    cv2.fillConvexPoly(covered, np.rint(np.array(corners) * 16).astype(np.int32), 1.0, cv2.LINE_AA, 4)
    return covered


def _paper(
    shape: _Shape, side: float, brightness: float, contrast: float, rng: np.random.Generator, row: int | None
) -> Map:
    """Paper with nothing written on it; its lines are no darker than the ink that `contrast` tells of.

    `row`: of pixels, along which a ruled line runs.
    """
    paper = np.full(shape, brightness, np.float32)
    if rng.random() < 0.35:
        paper *= 1 + rng.uniform(0.01, 0.06) * _stains(shape, (scale := rng.uniform(8, 60), scale), rng)
    for chance in (0.55, 0.15):
        if rng.random() < chance:
            paper *= 1 - rng.uniform(0.04, 0.75) * contrast * _lines(shape, side, rng, row)
    if rng.random() < 0.2:
        _sprinkle(paper, side, brightness, rng)
    return paper


def _light(shape: _Shape, rng: np.random.Generator) -> Map:
    bright = light(shape, rng.uniform(0, 0.55), rng.uniform(0.1, 0.6) if rng.random() < 0.45 else 0.0, rng)
    return bright * light(shape, 0.0, rng.uniform(0.1, 0.5), rng) if rng.random() < 0.15 else bright


def _sprinkle(paper: Map, side: float, brightness: float, rng: np.random.Generator) -> None:
    """Dirt: a few specks, up to a fiftieth of the side wide."""
    largest = max(1, int(side / 90))
    for _ in range(rng.integers(1, 12)):
        centre = int(rng.integers(paper.shape[1])), int(rng.integers(paper.shape[0]))
        shade = brightness * rng.uniform(0.3, 1)
        cv2.circle(paper, centre, int(rng.integers(0, largest + 1)), shade, cv2.FILLED, cv2.LINE_AA)


def _lines(shape: _Shape, side: float, rng: np.random.Generator, row: int | None) -> Map:
    """Ruling, a grid, a margin's line or a frame: 1 on a line, less where it is worn."""
    lines = np.zeros(shape, np.float32)
    width = max(1, round(rng.uniform(0.003, 0.016) * side))
    gap = rng.uniform(0.06, 0.5) * side
    kind = rng.choice(("ruled", "grid", "margin", "frame"))
    slope = rng.normal(0, 0.025) if row is None else 0.0
    if kind == "frame":
        left, top, right, bottom = (int(share * side) for share in rng.uniform(0, 0.12, 4))
        corner = (shape[1] - right, shape[0] - bottom)
        cv2.rectangle(lines, (left, top), corner, 1.0, width, cv2.LINE_AA)
    elif kind == "margin":
        rule(lines, rng.uniform(0, max(shape)), 2.0 * max(shape), slope, width, upright=bool(rng.random() < 0.5))
    else:
        rule(lines, rng.uniform(0, gap) if row is None else row % gap, gap, slope, width)
        if kind == "grid":
            across = gap if rng.random() < 0.7 else gap * rng.uniform(0.5, 3)
            rule(lines, rng.uniform(0, across), across, slope, width, upright=True)
    if rng.random() < 0.2:
        lines *= np.clip(0.6 + 0.8 * _stains(shape, (scale := rng.uniform(3, 12), scale), rng), 0, 1)
    return lines


def _stains(shape: _Shape, sizes: tuple[float, float], rng: np.random.Generator) -> Map:
    """Unevenness of mean 0 and a deviation of nearly 1, with spots about `sizes` (height, width) pixels large."""
    coarse = (2 + int(shape[0] / sizes[0]), 2 + int(shape[1] / sizes[1]))
    spots = rng.normal(0, 1, coarse).astype(np.float32)
    return np.asarray(cv2.resize(spots, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC), np.float32)
