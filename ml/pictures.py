"""Composes pictures of characters whose ink is known one by one: single digits, rows, amounts, letters, scribbles."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.data import NOT_A_DIGIT, PART, LabelledImages, PenCharacter
from ml.outliers import LOOK_ALIKES, MARKS, SIGNS, Sign, scribble, symbol
from ml.rendering import Map, Written, bend_strokes, draw_strokes, place, write_line

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
_Labelled = tuple[Written, int]


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
    return _write(_digits(int(rng.integers(2, 7)), sources, rng), rng)


def _word(index: int, sources: Sources, rng: np.random.Generator) -> list[Glyph]:
    """Two to six letters side by side, some touching."""
    return _write(_letters(int(rng.integers(2, 7)), sources, rng), rng)


def _amount(index: int, sources: Sources, rng: np.random.Generator) -> list[Glyph]:
    """Two to seven digits as on a cheque: up to two marks among or after them; two in three stand beside signs."""
    number = _digits(int(rng.integers(2, 8)), sources, rng)
    for _ in range(rng.integers(3)):
        number.insert(int(rng.integers(1, len(number) + 1)), _sign(MARKS, rng))
    fence = _fence(sources, rng)
    side = int(rng.integers(5))
    return _write([*(fence if side < 4 else []), *number, *(fence if side > 1 else [])], rng)


def _fence(sources: Sources, rng: np.random.Generator) -> list[_Labelled]:
    """Nothing, or one sign up to three times, or one letter or two."""
    if rng.random() < 1 / 3:
        return []
    if sources.letters and rng.random() < 0.2:
        return _letters(int(rng.integers(1, 3)), sources, rng)
    return [_sign(SIGNS, rng)] * int(rng.integers(1, 4))


def _digits(count: int, sources: Sources, rng: np.random.Generator) -> list[_Labelled]:
    characters = [sources.digits[i] for i in rng.integers(0, len(sources.digits), count)]
    return [(Written(character.strokes), int(character.label)) for character in characters]


def _letters(count: int, sources: Sources, rng: np.random.Generator) -> list[_Labelled]:
    characters = [sources.letters[i] for i in rng.integers(0, len(sources.letters), count)]
    return [(Written(character.strokes), _letter_label(character)) for character in characters]


def _sign(among: Sequence[Sign], rng: np.random.Generator) -> _Labelled:
    sign = among[int(rng.integers(len(among)))]
    return Written(sign.draw(rng), rng.uniform(*sign.height), rng.uniform(*sign.middle)), NOT_A_DIGIT


def _write(characters: Sequence[_Labelled], rng: np.random.Generator) -> list[Glyph]:
    inks = write_line([written for written, _ in characters], rng)
    return [Glyph(ink, label) for ink, (_, label) in zip(inks, characters, strict=True)]


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
    "amount": _amount,
    "mnist": _mnist_digit,
    "mnist-row": _mnist_row,
    "crowded": _crowded,
    "letter": _letter,
    "word": _word,
    "junk": _junk,
}
