"""Examples for the ink network: photographs as it sees them while reading, and where the ink in them is."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.binarisation import channels
from ml.glyphs import Sources
from ml.pictures import MAKERS
from ml.reflectance import measure
from ml.rendering import Map
from ml.scenes import take_photo

SIDE = 160
LARGEST = 400
_SMALLEST = 70
_LOWEST = 26
"""Pixels: a picture's longer side is between the first two, its shorter one no less than the last."""

_SHARES = {
    "digit": 0.22,
    "row": 0.2,
    "amount": 0.14,
    "mnist": 0.08,
    "mnist-row": 0.08,
    "crowded": 0.06,
    "letter": 0.06,
    "unusual": 0.06,
    "word": 0.05,
    "junk": 0.05,
}


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
    ink = _compose(sources, rng)
    factor = float(np.exp(rng.uniform(np.log(_SMALLEST), np.log(LARGEST)))) / max(ink.shape)
    factor = min(max(factor, _LOWEST / min(ink.shape)), LARGEST / max(ink.shape))
    # Larger ones are photographed as they are and reduced afterwards, as while reading.
    if factor > 1:
        larger = cv2.resize(ink, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
        ink = np.asarray(np.clip(larger, 0, 1), np.float32)
    picture = take_photo(ink, rng)
    if factor < 1:
        size = (max(8, round(ink.shape[1] * factor)), max(8, round(ink.shape[0] * factor)))
        picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
        ink = np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_AREA), np.float32)
    return _window(channels(measure(picture)), ink, rng)


def _compose(sources: Sources, rng: np.random.Generator) -> Map:
    """Ink of any kind, or none at all; a third lies on a larger sheet."""
    kinds = {kind: share for kind, share in _SHARES.items() if sources.letters or kind not in ("letter", "word")}
    shares = np.array(list(kinds.values()))
    kind = list(kinds)[int(rng.choice(len(kinds), p=shares / shares.sum()))]
    glyphs = MAKERS[kind](int(rng.integers(1 << 30)), sources, rng)
    ink = np.max([glyph.ink for glyph in glyphs], axis=0)
    if rng.random() < 0.04:
        ink = np.zeros_like(ink)
    if rng.random() < 0.3:
        margins = (rng.uniform(0, 0.8, (2, 2)) * max(ink.shape)).astype(int)
        ink = np.pad(ink, margins)
    return np.asarray(ink, np.float32)


def _window(seen: NDArray[np.uint8], ink: Map, rng: np.random.Generator) -> InkExamples:
    missing = [max(0, SIDE - side) for side in ink.shape]
    before = [int(rng.integers(0, one + 1)) for one in missing]
    sides = (before[0], missing[0] - before[0], before[1], missing[1] - before[1])
    inside = cv2.copyMakeBorder(np.ones(ink.shape, np.uint8), *sides, cv2.BORDER_CONSTANT, value=0)
    seen = np.asarray(cv2.copyMakeBorder(seen, *sides, cv2.BORDER_REPLICATE), np.uint8)
    ink = np.asarray(cv2.copyMakeBorder(ink, *sides, cv2.BORDER_CONSTANT, value=0), np.float32)
    top, left = (int(rng.integers(0, side - SIDE + 1)) for side in ink.shape)
    window = np.s_[top : top + SIDE, left : left + SIDE]
    return InkExamples(seen[window][None], np.rint(ink[window] * 255).astype(np.uint8)[None], inside[window][None] > 0)
