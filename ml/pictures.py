"""Composes pictures of characters whose ink is known one by one: single digits, rows, letters, scribbles."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.data import NOT_A_DIGIT, PART, LabelledImages, PenCharacter
from ml.outliers import LOOK_ALIKES, scribble, symbol
from ml.rendering import Map, bend_strokes, draw_strokes, place

UNKNOWN = -1
_WHOLE = 0.95
_BROKEN = 0.65


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character in a picture.

    `ink`: float32 (H, W) in [0, 1] over the whole picture. `label`: 0-9, NOT_A_DIGIT, PART or UNKNOWN.
    """

    ink: Map
    label: int


@dataclass(frozen=True, slots=True)
class Sources:
    """What pictures are made from; `digits` and `letters` may be empty."""

    mnist: LabelledImages
    digits: Sequence[PenCharacter]
    letters: Sequence[PenCharacter]


Maker = Callable[[int, Sources, np.random.Generator], list[Glyph]]


def _single(strokes: Sequence[NDArray[np.float32]], label: int, rng: np.random.Generator) -> Glyph:
    """One character somewhere on a square canvas, with any pen from 2 to 12 % of its width."""
    side = round(float(np.exp(rng.uniform(np.log(64), np.log(280)))))
    size = rng.uniform(0.4, 0.92) * side
    left, top = rng.uniform(0.02, 0.98, 2) * (side - size)
    pen = min(rng.uniform(0.02, 0.12) * side, 0.2 * size)
    return Glyph(draw_strokes(place(strokes, (left, top, size, size)), (side, side), pen), label)


def _digit(index: int, sources: Sources, rng: np.random.Generator) -> list[Glyph]:
    character = sources.digits[index % len(sources.digits)]
    return [_single(bend_strokes(character.strokes, rng), int(character.label), rng)]


def _letter(index: int, sources: Sources, rng: np.random.Generator) -> list[Glyph]:
    character = sources.letters[index % len(sources.letters)]
    return [_single(bend_strokes(character.strokes, rng), _letter_label(character), rng)]


def _letter_label(character: PenCharacter) -> int:
    return UNKNOWN if character.label in LOOK_ALIKES else NOT_A_DIGIT


def _junk(index: int, sources: Sources, rng: np.random.Generator) -> list[Glyph]:
    return [_single(scribble(rng) if index % 2 else symbol(rng), NOT_A_DIGIT, rng)]


def _mnist_ink(image: NDArray[np.uint8], size: float) -> Map:
    """An MNIST picture as ink of about `size` pixels, its edges sharpened back."""
    side = max(8, round(size * 1.4))
    large = cv2.resize(image.astype(np.float32) / np.float32(255), (side, side), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip((large - 0.5) * 1.5 + 0.5, 0, 1), np.float32)


def _mnist_digit(index: int, sources: Sources, rng: np.random.Generator) -> list[Glyph]:
    which = index % len(sources.mnist)
    small = _mnist_ink(sources.mnist.images[which], float(np.exp(rng.uniform(np.log(20), np.log(140)))))
    margins = [(int(before), int(after)) for before, after in rng.integers(0, 1 + len(small) // 2, (2, 2))]
    return [Glyph(np.pad(small, margins), int(sources.mnist.labels[which]))]


def _row(index: int, sources: Sources, rng: np.random.Generator) -> list[Glyph]:
    """Two to six digits side by side, by one pen, some touching."""
    which = rng.integers(0, len(sources.digits), rng.integers(2, 7))
    return _write([sources.digits[i] for i in which], [int(sources.digits[i].label) for i in which], rng)


def _word(index: int, sources: Sources, rng: np.random.Generator) -> list[Glyph]:
    """Two to six letters side by side, some touching."""
    which = rng.integers(0, len(sources.letters), rng.integers(2, 7))
    characters = [sources.letters[i] for i in which]
    return _write(characters, [_letter_label(character) for character in characters], rng)


def _write(characters: Sequence[PenCharacter], labels: Sequence[int], rng: np.random.Generator) -> list[Glyph]:
    height = rng.uniform(40, 120)
    pen, gap = height * rng.uniform(0.04, 0.14), height * rng.uniform(-0.1, 0.3)
    placed, right = [], 0.3 * height
    for character in characters:
        own = height * rng.uniform(0.8, 1.1)
        strokes = place(bend_strokes(character.strokes, rng), (0, 0.3 * height, 2 * height, own))
        left = min(stroke[:, 0].min() for stroke in strokes)
        drop = rng.normal(0, 0.04) * height
        moved = [np.asarray(stroke + np.array([right - left, drop]), np.float32) for stroke in strokes]
        placed.append(moved)
        right = max(stroke[:, 0].max() for stroke in moved) + pen + gap + rng.normal(0, 0.06) * height
    shape = (round(1.75 * height), round(right - gap + 0.4 * height))
    return [Glyph(draw_strokes(one, shape, pen), label) for one, label in zip(placed, labels, strict=True)]


def _mnist_row(index: int, sources: Sources, rng: np.random.Generator) -> list[Glyph]:
    """Two to six MNIST digits side by side, some touching."""
    height = rng.uniform(28, 90)
    gap = height * rng.uniform(-0.08, 0.25)
    which = rng.integers(0, len(sources.mnist), rng.integers(2, 7))
    inks = [_trim(_mnist_ink(sources.mnist.images[i], height * rng.uniform(0.85, 1.1))) for i in which]
    lefts = np.cumsum([0.3 * height, *(ink.shape[1] + gap + rng.normal(0, 0.04) * height for ink in inks)])
    shape = (round(1.9 * height), round(lefts[-1] + height))
    glyphs = []
    for ink, left, i in zip(inks, lefts, which, strict=False):
        whole = np.zeros(shape, np.float32)
        top = round(0.3 * height + abs(rng.normal(0, 0.05)) * height)
        target = whole[top : top + ink.shape[0], round(left) : round(left) + ink.shape[1]]
        target[:] = ink[: target.shape[0], : target.shape[1]]
        glyphs.append(Glyph(whole, int(sources.mnist.labels[i])))
    return glyphs


def _crowded(index: int, sources: Sources, rng: np.random.Generator) -> list[Glyph]:
    """One digit of a row, cropped so that its neighbours reach into the picture, as in the boxes of a form."""
    glyphs = _row(index, sources, rng)
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


def _cropped(glyph: Glyph, window: tuple[slice, slice]) -> Glyph:
    ink = np.ascontiguousarray(glyph.ink[window])
    share = float(ink.sum() / glyph.ink.sum())
    return Glyph(ink, glyph.label if share > _WHOLE else PART if share < _BROKEN else UNKNOWN)


def _trim(ink: Map) -> Map:
    rows, columns = np.nonzero(ink.max(axis=1) > 0.2)[0], np.nonzero(ink.max(axis=0) > 0.2)[0]
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


MAKERS: dict[str, Maker] = {
    "digit": _digit,
    "row": _row,
    "mnist": _mnist_digit,
    "mnist-row": _mnist_row,
    "crowded": _crowded,
    "letter": _letter,
    "word": _word,
    "junk": _junk,
}
