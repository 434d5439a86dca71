"""Examples for the line network: lines of ink as reading finds them, and the digits in them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.augmentation import Distortion, distort
from ml.corpus import compose
from ml.data import NOT_A_DIGIT
from ml.glyphs import UNKNOWN, Sources
from ml.preprocessing import find_ink
from ml.segmentation import propose
from ml.strips import HEIGHT, make_strip

KINDS = {
    "digit": 0.04,
    "row": 0.14,
    "ten": 0.11,
    "amount": 0.17,
    "date": 0.05,
    "crowded": 0.05,
    "mnist-row": 0.08,
    "mnist-number": 0.08,
    "row-photo": 0.07,
    "ten-photo": 0.02,
    "amount-photo": 0.06,
    "date-photo": 0.02,
    "mnist-row-photo": 0.03,
    "mnist-number-photo": 0.02,
    "row-worn": 0.02,
    "amount-worn": 0.02,
    "crowded-worn": 0.02,
}
"""The share of each kind of picture (`ml.corpus.compose`)."""

_BENT = Distortion(rotation=1.0, shear=0.15, scale=0.1, shift=1.5, elastic=0.7, thickness=0.3, coarseness=0.05)
_NARROWEST = 5
"""Pixels for a digit, room for two of the network's outputs: where a line has less, some of it was not found."""

_STEP = 32
_ROOM = 0.1
"""Of the length: paper for what is bent."""


@dataclass(frozen=True, slots=True)
class LineExample:
    """A line, uint8 (HEIGHT, w) of `ml.strips.make_strip`, and its digits, int64 (n,)."""

    strip: NDArray[np.uint8]
    digits: NDArray[np.int64]


def make_line_example(index: int, sources: Sources, seed: int) -> LineExample | None:
    """The line in a picture of any kind; None where there is not just one, or it is not known what it says."""
    rng = np.random.default_rng([seed, index])
    kind = list(KINDS)[int(rng.choice(len(KINDS), p=np.array(list(KINDS.values()))))]
    picture, glyphs = compose(kind, int(rng.integers(1 << 30)), sources, rng)
    labels = np.array([glyph.label for glyph in glyphs])
    candidates = propose(find_ink(picture))
    digits = labels[labels < NOT_A_DIGIT]
    if UNKNOWN in labels or not len(digits) or {one.line for one in candidates} != {0}:
        return None
    strip = make_strip(candidates)
    is_lost = strip.shape[1] < _NARROWEST * len(digits)
    return None if is_lost else LineExample(strip, np.asarray(digits, np.int64))


LineBatch = tuple[NDArray[np.float32], NDArray[np.int64]]
"""Lines of about one length: (B, HEIGHT, w, 1) in [0, 1], and digits (B, n), -1 after them."""


def line_batches(
    examples: Sequence[LineExample], *, batch_size: int, passes: int, seed: list[int]
) -> Iterator[LineBatch]:
    """All lines `passes` times, each time bent otherwise; order and distortion follow from the seed."""
    rng, usable = np.random.default_rng(seed), len(examples) // batch_size * batch_size
    batches = []
    for _ in range(passes):
        chosen = rng.permutation(len(examples))[:usable]
        by_length = sorted(chosen, key=lambda place: examples[place].strip.shape[1])
        batches.append(rng.permutation(np.reshape(by_length, (-1, batch_size))))
    for batch in np.concatenate(batches):
        lines = [examples[place] for place in batch]
        length = round((1 + _ROOM) * max(one.strip.shape[1] for one in lines))
        length += -length % _STEP
        bent = np.zeros((len(lines), HEIGHT, length), np.uint8)
        for strip, one in zip(bent, lines, strict=True):
            start = int(rng.integers(0, length - one.strip.shape[1] + 1))
            strip[:, start : start + one.strip.shape[1]] = one.strip
            strip[:] = distort(strip, _BENT, rng)
        yield bent[..., None].astype(np.float32) / np.float32(255), padded([one.digits for one in lines])


def padded(digits: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Numbers as rows of one length, -1 after each: int64 (N, n)."""
    rows = np.full((len(digits), max(len(one) for one in digits)), -1, np.int64)
    for row, one in zip(rows, digits, strict=True):
        row[: len(one)] = one
    return rows


def known(examples: Iterable[LineExample | None]) -> list[LineExample]:
    """Without the pictures of which it is not known what they say."""
    return [one for one in examples if one is not None]
