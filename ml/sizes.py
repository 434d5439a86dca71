"""How large pictures are while they are read, and parts of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:  # the web process looks at headers only, and does without
    import numpy as np
    from numpy.typing import NDArray

WORKING_SIDE = 1000
"""Pixels, of the longer side; of a strip, what `longest` says."""


def longest(width: int, height: int, side: int) -> int:
    """How long the longer side may be: `side`; of a strip more, so that it has as many pixels as any picture.

    By its longer side alone, writing on a strip would be reduced to nothing.
    """
    return max(side, int(side * (max(width, height) / min(width, height) / 4) ** 0.5))


def times(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """How many times larger a picture of the shape `one` is than another, of the same proportions.

    By their longer sides: the shorter one of a strip is rounded to few pixels.
    """
    return max(one) / max(other)


def reduction(width: int, height: int, side: int) -> int:
    """The largest whole factor, at least 1, by which a picture may be reduced and keep what `longest` says."""
    return max(1, max(width, height) // longest(width, height, side))


class Window(NamedTuple):
    """A part of a picture, in its pixels."""

    x: int
    y: int
    width: int
    height: int

    @property
    def place(self) -> tuple[slice, slice]:
        """Its rows and columns."""
        return slice(self.y, self.y + self.height), slice(self.x, self.x + self.width)

    @property
    def side(self) -> int:
        """The longer one."""
        return max(self.width, self.height)

    def of(self, grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """What a picture, uint8 (H, W), shows there."""
        return grey[self.place].copy()

    def scaled(self, factor: float) -> Window:
        """The same part of a picture that is so many times as large."""
        left, top, right, bottom = self.x, self.y, self.x + self.width, self.y + self.height
        x, y = round(left * factor), round(top * factor)
        return Window(x, y, max(1, round(right * factor) - x), max(1, round(bottom * factor) - y))
