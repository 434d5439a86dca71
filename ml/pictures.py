"""Composes pictures of characters whose ink is known one by one: single digits, rows, amounts, letters, scribbles."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ml.data import NOT_A_DIGIT, PenCharacter
from ml.framing import crop_to_one, put_on_sheet, tight_window
from ml.glyphs import UNKNOWN, Glyph, Sources
from ml.hands import bend_strokes, change_hand, stretch
from ml.mnist_pictures import mnist_digit, mnist_number, mnist_row
from ml.outliers import LOOK_ALIKES, MARKS, SEPARATORS, SIGNS, Sign, scribble, symbol
from ml.rendering import Written, draw_strokes, place, write_line

_LARGEST_SHEET = 1_200
"""Pixels, of its longer side."""

_NUMBERS_OF_ONES = 0.25
_ONES = 0.4
"""How many numbers hold ones above the average, and what share of their digits is made one."""

_DATES = (
    ((1, 2), (1, 2)),
    ((1, 2), (1, 2), (2, 2)),
    ((1, 2), (1, 2), (4, 4)),
    ((4, 4), (1, 2), (1, 2)),
)
"""How many digits there are in each part: fewest, most."""

Maker = Callable[[int, Sources, np.random.Generator], list[Glyph]]
_Labelled = tuple[Written, int]


def _single(
    strokes: Sequence[NDArray[np.float32]],
    label: int,
    rng: np.random.Generator,
    *,
    sides: tuple[float, float] = (64, 280),
    sizes: tuple[float, float] = (0.4, 0.92),
    pens: tuple[float, float] = (0.02, 0.12),
    boldest: float = 0.2,
) -> Glyph:
    """One character somewhere on a square canvas, with any pen from 2 to 12 % of its width.

    `sides`: of the canvas, in pixels. `sizes`, `pens`: as shares of it. `boldest`: pen, as a share of the character.
    """
    side = round(float(np.exp(rng.uniform(*np.log(sides)))))
    size = rng.uniform(*sizes) * side
    left, top = rng.uniform(0.02, 0.98, 2) * (side - size)
    pen = min(rng.uniform(*pens) * side, boldest * size)
    return Glyph(draw_strokes(place(strokes, (left, top, size, size)), (side, side), pen), label)


def _digit(index: int, sources: Sources, rng: np.random.Generator) -> list[Glyph]:
    character = sources.digits[index % len(sources.digits)]
    return [_single(bend_strokes(character.strokes, rng), int(character.label), rng)]


def _unusual(index: int, sources: Sources, rng: np.random.Generator) -> list[Glyph]:
    """One digit by an unlikely hand, and with any pen up to a broad brush."""
    character = sources.digits[index % len(sources.digits)]
    strokes = change_hand(character.strokes, character.label, rng)
    return [_single(strokes, int(character.label), rng, pens=(0.02, 0.22), boldest=0.27)]


def _small(index: int, sources: Sources, rng: np.random.Generator) -> list[Glyph]:
    """One digit that nearly fills a picture of 12 to 40 pixels, every third stretched to do so; some are letters."""
    is_letter = len(sources.letters) > 0 and rng.random() < 0.3
    characters = sources.letters if is_letter else sources.digits
    character = characters[index % len(characters)]
    strokes = change_hand(character.strokes, character.label, rng)
    if rng.random() < 1 / 3:
        strokes = stretch(strokes, rng.uniform(0, 0.8))
    label = _letter_label(character) if is_letter else int(character.label)
    return [_single(strokes, label, rng, sides=(12, 40), sizes=(0.7, 1.0), pens=(0.06, 0.2), boldest=0.25)]


def _letter(index: int, sources: Sources, rng: np.random.Generator) -> list[Glyph]:
    character = sources.letters[index % len(sources.letters)]
    return [_single(bend_strokes(character.strokes, rng), _letter_label(character), rng)]


def _letter_label(character: PenCharacter) -> int:
    return UNKNOWN if character.label in LOOK_ALIKES else NOT_A_DIGIT


def _junk(index: int, sources: Sources, rng: np.random.Generator) -> list[Glyph]:
    return [_single(scribble(rng) if index % 2 else symbol(rng), NOT_A_DIGIT, rng)]


def _row(index: int, sources: Sources, rng: np.random.Generator) -> list[Glyph]:
    """Two to six digits side by side, by one pen, some touching."""
    return _write(_digits(int(rng.integers(2, 7)), sources, rng), rng)


def _ten(index: int, sources: Sources, rng: np.random.Generator) -> list[Glyph]:
    """Ten digits side by side as their writers wrote them, by one pen, some touching."""
    digits = [_any(sources, rng) for _ in range(10)]
    return _write([(Written(digit.strokes), int(digit.label)) for digit in digits], rng)


def _large(index: int, sources: Sources, rng: np.random.Generator) -> list[Glyph]:
    """One digit as a flatbed scanner sees it: many pixels, a fine pen."""
    character = sources.digits[index % len(sources.digits)]
    strokes = bend_strokes(character.strokes, rng)
    return [_single(strokes, int(character.label), rng, sides=(150, 700), pens=(0.015, 0.06))]


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


def _date(index: int, sources: Sources, rng: np.random.Generator) -> list[Glyph]:
    """Two or three numbers of one to four digits, as a date's parts; the same separator stands between them.

    A slash is labelled as no digit, though by itself it looks like a 1: for networks that see the whole line.
    """
    lengths = _DATES[int(rng.integers(len(_DATES)))]
    separator = _sign(SEPARATORS, rng)
    date = _digits(int(rng.integers(lengths[0][0], lengths[0][1] + 1)), sources, rng)
    for fewest, most in lengths[1:]:
        date += [separator, *_digits(int(rng.integers(fewest, most + 1)), sources, rng)]
    return _write(date, rng)


def _fence(sources: Sources, rng: np.random.Generator) -> list[_Labelled]:
    """Nothing, or one sign up to three times, or one letter or two."""
    if rng.random() < 1 / 3:
        return []
    if sources.letters and rng.random() < 0.2:
        return _letters(int(rng.integers(1, 3)), sources, rng)
    return [_sign(SIGNS, rng)] * int(rng.integers(1, 4))


def _digits(count: int, sources: Sources, rng: np.random.Generator) -> list[_Labelled]:
    """Digits at random, every third by an unlikely hand; in some numbers many a 1, which neighbours swallow."""
    ones = _ONES if rng.random() < _NUMBERS_OF_ONES else 0.0
    return [_written(_one(sources, rng) if rng.random() < ones else _any(sources, rng), rng) for _ in range(count)]


def _any(sources: Sources, rng: np.random.Generator) -> PenCharacter:
    return sources.digits[int(rng.integers(len(sources.digits)))]


def _one(sources: Sources, rng: np.random.Generator) -> PenCharacter:
    """A 1, or whatever comes up where there are next to none."""
    drawn = [_any(sources, rng) for _ in range(20)]
    return next((character for character in drawn if character.label == "1"), drawn[0])


def _written(character: PenCharacter, rng: np.random.Generator) -> _Labelled:
    is_unlikely = rng.random() < 1 / 3
    strokes = change_hand(character.strokes, character.label, rng) if is_unlikely else character.strokes
    return Written(strokes), int(character.label)


def _letters(count: int, sources: Sources, rng: np.random.Generator) -> list[_Labelled]:
    characters = [sources.letters[i] for i in rng.integers(0, len(sources.letters), count)]
    return [(Written(character.strokes), _letter_label(character)) for character in characters]


def _sign(among: Sequence[Sign], rng: np.random.Generator) -> _Labelled:
    sign = among[int(rng.integers(len(among)))]
    return Written(sign.draw(rng), rng.uniform(*sign.height), rng.uniform(*sign.middle)), NOT_A_DIGIT


def _write(characters: Sequence[_Labelled], rng: np.random.Generator) -> list[Glyph]:
    inks = write_line([written for written, _ in characters], rng)
    return [Glyph(ink, label) for ink, (_, label) in zip(inks, characters, strict=True)]


def _crowded(index: int, sources: Sources, rng: np.random.Generator) -> list[Glyph]:
    """One digit of a row, and parts of its neighbours."""
    return crop_to_one(_row(index, sources, rng), rng)


def _tight(index: int, sources: Sources, rng: np.random.Generator) -> list[Glyph]:
    """One digit and next to nothing around it."""
    (glyph,) = _digit(index, sources, rng)
    return [Glyph(np.ascontiguousarray(glyph.ink[tight_window(glyph.ink, rng)]), glyph.label)]


def _sheet(index: int, sources: Sources, rng: np.random.Generator) -> list[Glyph]:
    """One digit, or two to six side by side, somewhere on a large sheet."""
    glyphs = (_row if index % 2 else _digit)(index, sources, rng)
    inks, _ = put_on_sheet([glyph.ink for glyph in glyphs], rng, largest=_LARGEST_SHEET)
    return [Glyph(ink, glyph.label) for ink, glyph in zip(inks, glyphs, strict=True)]


MAKERS: dict[str, Maker] = {
    "digit": _digit,
    "unusual": _unusual,
    "small": _small,
    "row": _row,
    "ten": _ten,
    "large": _large,
    "amount": _amount,
    "date": _date,
    "mnist": mnist_digit,
    "mnist-row": mnist_row,
    "mnist-number": mnist_number,
    "crowded": _crowded,
    "tight": _tight,
    "sheet": _sheet,
    "letter": _letter,
    "word": _word,
    "junk": _junk,
}
