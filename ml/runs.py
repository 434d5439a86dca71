"""How a slim stroke runs from top to bottom: a 1, a slash or a bracket."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_ENDS = 10
"""One so-manieth of the height."""


class Run(NamedTuple):
    """Each as a share of the stroke's height.

    `lean`: how far its upper end lies to the right of its lower one. `bow`: how far its middle third lies to the right
    of the straight line between them. `stray`: how far it is from that line at most.
    """

    lean: float
    bow: float
    stray: float


def measure_run(ink: NDArray[np.bool_]) -> Run:
    """The run of ink, bool (h, w), that has some."""
    rows = np.flatnonzero(ink.any(axis=1))
    ink = ink[rows[0] : rows[-1] + 1]
    height = len(ink)
    counts = ink.sum(axis=1)
    middles = np.interp(
        np.arange(height), np.flatnonzero(counts), (ink @ np.arange(ink.shape[1]))[counts > 0] / counts[counts > 0]
    )
    end = max(1, height // _ENDS)
    top, bottom = middles[:end].mean(), middles[-end:].mean()
    strays = (middles - np.linspace(top, bottom, height)) / height
    third = strays[height // 3 : max(height // 3 + 1, 2 * height // 3)]
    return Run(float((top - bottom) / height), float(third.mean()), float(np.abs(strays).max()))
