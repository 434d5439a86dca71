"""How large pictures are while they are read."""

WORKING_SIDE = 1000
"""Pixels, of the longer side; of a strip, what `longest` says."""


def longest(width: int, height: int, side: int) -> int:
    """How long the longer side may be: `side`; of a strip more, so that it has as many pixels as any picture.

    By its longer side alone, writing on a strip would be reduced to nothing.
    """
    return max(side, int(side * (max(width, height) / min(width, height) / 4) ** 0.5))
