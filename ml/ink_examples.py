"""Examples for the ink network: photographs as it sees them while reading, and where the ink in them is."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.binarisation import BROADEST, GLANCE_SIDE, channels, is_lighter
from ml.desks import without_desk
from ml.dots import without_dots
from ml.framing import put_on_sheet, tight_window
from ml.glyphs import Sources
from ml.paper import LEAST_SIDE, enlarge
from ml.pictures import MAKERS
from ml.polylines import draw_polylines, underlined
from ml.reflectance import measure
from ml.rendering import Grey, Map, invert
from ml.scenes import CLEAR_DESK, make_bilevel, take_photo
from ml.strokes import pen_width

SIDE = GLANCE_SIDE
LARGEST = 400
_SMALLEST = 70
"""Pixels, of the longer side."""

_FEWEST = (8, LEAST_SIDE)
"""Pixels, of the shorter side of some pictures."""

_SMALLEST_SHEET = 120
_LARGEST_SHEET = 1_000
"""Pixels, of its longer side: reduced, and when the photograph is taken."""

_WRONG_WAY = 0.1
_NOTHING = 0.07
_ON_DESK = 0.2
"""Of the pictures with room for it."""

_ON_LINES = 0.3
_UNDERLINED = 0.08

_BILEVEL = 0.06
_HOLLOW = 0.04
"""Of the longer side: strokes as broad may lose their middle."""

_SHADED = 0.15
_DARKEST = 0.5
"""Of the light: a shadow with a sharp edge, as the phone's own."""

_NOISY = 0.1
_MOST_NOISE = 20.0
"""Shades: a phone's in dim light."""

_SHARES = {
    "polylines": 0.3,
    "digit": 0.16,
    "row": 0.17,
    "amount": 0.13,
    "mnist": 0.07,
    "mnist-row": 0.06,
    "crowded": 0.1,
    "letter": 0.06,
    "unusual": 0.06,
    "word": 0.05,
    "junk": 0.05,
}
"""Of each kind of ink, relative to the others."""


@dataclass(frozen=True, slots=True)
class InkExamples:
    """Windows of photographs.

    `seen`: uint8 (N, SIDE, SIDE, 2), of `ml.binarisation.channels`. `ink`: uint8 (N, SIDE, SIDE), 255 = ink.
    `inside`: bool (N, SIDE, SIDE), what belongs to the picture, which may be smaller than the window.
    """

    seen: NDArray[np.uint8]
    ink: NDArray[np.uint8]
    inside: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.seen)


def make_examples(sources: Sources, *, seed: int, count: int) -> InkExamples:
    """The examples 0 to `count` of `seed`."""
    return join([make_example(index, sources, seed) for index in range(count)])


def join(parts: list[InkExamples]) -> InkExamples:
    """All of them, in this order."""
    return InkExamples(
        np.concatenate([part.seen for part in parts]),
        np.concatenate([part.ink for part in parts]),
        np.concatenate([part.inside for part in parts]),
    )


def make_example(index: int, sources: Sources, seed: int) -> InkExamples:
    """The example `index` of `seed`: one window."""
    rng = np.random.default_rng([seed, index])
    ink, side = _on_paper(_compose(sources, rng), rng)
    # Larger ones are photographed as they are and reduced afterwards, as while reading.
    factor = _factor(ink, side, rng)
    if factor > 1:
        larger = cv2.resize(ink, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
        ink = np.asarray(np.clip(larger, 0, 1), np.float32)
    desk = CLEAR_DESK if rng.random() < _ON_DESK else None
    is_on_lines = bool(rng.random() < _ON_LINES)
    picture = take_photo(ink, rng, side * max(1.0, factor), desk=desk, is_on_lines=is_on_lines)
    if rng.random() < _SHADED:
        picture = _shade(picture, rng)
    if rng.random() < _NOISY:
        noise = rng.normal(0, rng.uniform(0, _MOST_NOISE), picture.shape)
        picture = np.asarray(np.clip(picture + noise, 0, 255), np.uint8)
    if factor < 1:
        size = (max(4, round(ink.shape[1] * factor)), max(4, round(ink.shape[0] * factor)))
        picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    if rng.random() < _BILEVEL:
        picture = blurred_dots(picture, _as_large_as(picture, ink), rng)
    picture = without_desk(enlarge(picture))
    ink = _as_large_as(picture, ink)
    return _window(channels(measure(picture, light=_light(picture, ink, rng))), ink, rng)


def _shade(picture: Grey, rng: np.random.Generator) -> Grey:
    """With a shadow on one side of a straight line."""
    height, width = picture.shape
    rows, columns = np.mgrid[0:height, 0:width]
    across, down, (x, y) = *rng.normal(0, 1, 2), rng.uniform(0.15, 0.85, 2) * (width, height)
    is_shaded = across * (columns - x) + down * (rows - y) > 0
    return np.asarray(picture * np.where(is_shaded, rng.uniform(_DARKEST, 0.9), 1.0), np.uint8)


def _as_large_as(picture: Grey, ink: Map) -> Map:
    method = cv2.INTER_AREA if picture.size < ink.size else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(ink, picture.shape[::-1], interpolation=method), np.float32)


def blurred_dots(picture: Grey, ink: Map, rng: np.random.Generator) -> Grey:
    """A photograph made black and white, as it is seen while reading; as it was, where that leaves no dots.

    Nor where strokes are broad: a threshold at each point leaves but their outline, and the network would learn to
    fill whatever an outline surrounds, as the inside of a 0.
    """
    if pen_width(ink) > _HOLLOW * max(picture.shape):
        return picture
    is_light = is_lighter(ink, picture)
    two_shades = make_bilevel(invert(picture) if is_light else picture, rng)
    two_shades = invert(two_shades) if is_light else two_shades
    seen = without_dots(two_shades)
    return picture if seen is two_shades else seen


def _light(picture: Grey, ink: Map, rng: np.random.Generator) -> bool | None:
    """Whether ink is lighter than paper: guessed, the wrong way round now and then, where all of it can be seen."""
    light = is_lighter(ink, picture)
    if max(ink.shape) > SIDE:
        return light if ink.any() else None
    return not light if rng.random() < _WRONG_WAY else None


def _factor(ink: Map, side: float, rng: np.random.Generator) -> float:
    """How much larger than its ink a picture is; some have very few pixels, but not those of whole sheets.

    Broad strokes are in pictures only of which a window shows all: an empty area is none.
    """
    shortest, longest = sorted(ink.shape)
    is_sheet = side < 0.5 * longest
    if not is_sheet and rng.random() < 0.15:
        return float(np.exp(rng.uniform(*np.log(_FEWEST))) / shortest)
    smallest = _SMALLEST_SHEET if is_sheet else _SMALLEST
    factor = float(np.exp(rng.uniform(np.log(smallest), np.log(LARGEST)))) / longest
    broadest = max(BROADEST / max(pen_width(ink), 1.0), SIDE / longest)
    return float(min(max(factor, LEAST_SIDE / shortest), LARGEST / longest, broadest))


def _compose(sources: Sources, rng: np.random.Generator) -> Map:
    """Ink of any kind, or none at all."""
    kinds = {kind: share for kind, share in _SHARES.items() if sources.letters or kind not in ("letter", "word")}
    shares = np.array(list(kinds.values()))
    kind = list(kinds)[int(rng.choice(len(kinds), p=shares / shares.sum()))]
    if kind == "polylines":
        ink = draw_polylines(rng)
    else:
        glyphs = MAKERS[kind](int(rng.integers(1 << 30)), sources, rng)
        ink = np.asarray(np.max([glyph.ink for glyph in glyphs], axis=0), np.float32)
        if rng.random() < _UNDERLINED:
            ink = underlined(ink, rng)
    return np.zeros_like(ink) if rng.random() < _NOTHING else ink


def _on_paper(ink: Map, rng: np.random.Generator) -> tuple[Map, float]:
    """Ink as it is, cropped, with paper around it, or on a sheet; and by what side the paper's lines are measured."""
    kind = rng.random()
    if kind < 0.3:
        ink = ink[tight_window(ink, rng)]
    elif kind < 0.5:
        ink = np.pad(ink, (rng.uniform(0, 0.8, (2, 2)) * max(ink.shape)).astype(int))
    elif kind < 0.75:
        (sheet,), side = put_on_sheet([ink], rng, largest=_LARGEST_SHEET)
        return sheet, side
    return ink, float(max(ink.shape))


def _window(seen: NDArray[np.uint8], ink: Map, rng: np.random.Generator) -> InkExamples:
    missing = [max(0, SIDE - side) for side in ink.shape]
    before = [int(rng.integers(0, one + 1)) for one in missing]
    sides = (before[0], missing[0] - before[0], before[1], missing[1] - before[1])
    inside = cv2.copyMakeBorder(np.ones(ink.shape, np.uint8), *sides, cv2.BORDER_CONSTANT, value=0)
    seen = np.asarray(cv2.copyMakeBorder(seen, *sides, cv2.BORDER_REPLICATE), np.uint8)
    ink = np.asarray(cv2.copyMakeBorder(ink, *sides, cv2.BORDER_CONSTANT, value=0), np.float32)
    top, left = _place(ink, rng)
    window = np.s_[top : top + SIDE, left : left + SIDE]
    return InkExamples(seen[window][None], np.rint(ink[window] * 255).astype(np.uint8)[None], inside[window][None] > 0)


def _place(ink: Map, rng: np.random.Generator) -> list[int]:
    """Where a window begins: half of them where there is ink, if there is any."""
    starts = [int(rng.integers(0, side - SIDE + 1)) for side in ink.shape]
    points = np.argwhere(ink > 0.5)
    if len(points) and rng.random() < 0.5:
        point = points[int(rng.integers(len(points)))]
        starts = [int(at) - int(rng.integers(SIDE)) for at in point]
    return [min(max(0, start), side - SIDE) for start, side in zip(starts, ink.shape, strict=True)]
