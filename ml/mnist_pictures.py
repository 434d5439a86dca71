"""Composes pictures of MNIST digits of any size: one alone, or a row of them."""

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.glyphs import Glyph, Sources
from ml.rendering import Map


def mnist_digit(index: int, sources: Sources, rng: np.random.Generator) -> list[Glyph]:
    which = index % len(sources.mnist)
    small = _mnist_ink(sources.mnist.images[which], float(np.exp(rng.uniform(np.log(20), np.log(140)))))
    margins = [(int(before), int(after)) for before, after in rng.integers(0, 1 + len(small) // 2, (2, 2))]
    return [Glyph(np.pad(small, margins), int(sources.mnist.labels[which]))]


def mnist_row(index: int, sources: Sources, rng: np.random.Generator) -> list[Glyph]:
    """Two to six MNIST digits side by side, some touching."""
    return _row(int(rng.integers(2, 7)), rng.uniform(-0.08, 0.25), sources, rng)


def mnist_number(index: int, sources: Sources, rng: np.random.Generator) -> list[Glyph]:
    """Two to eight MNIST digits side by side, none touching."""
    return _row(int(rng.integers(2, 9)), rng.uniform(0.2, 0.4), sources, rng)


def _row(count: int, gap: float, sources: Sources, rng: np.random.Generator) -> list[Glyph]:
    """`gap`: between two digits, as a share of their height."""
    height = rng.uniform(28, 90)
    gap *= height
    which = rng.integers(0, len(sources.mnist), count)
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


def _mnist_ink(image: NDArray[np.uint8], size: float) -> Map:
    """An MNIST picture as ink of about `size` pixels, its edges sharpened back."""
    side = max(8, round(size * 1.4))
    large = cv2.resize(image.astype(np.float32) / np.float32(255), (side, side), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip((large - 0.5) * 1.5 + 0.5, 0, 1), np.float32)


def _trim(ink: Map) -> Map:
    rows, columns = np.nonzero(ink.max(axis=1) > 0.2)[0], np.nonzero(ink.max(axis=0) > 0.2)[0]
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
