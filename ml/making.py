"""Examples of each round, made by helper processes while the round before is learned from."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml.glyphs import Sources
from ml.process import HELPERS, start_helpers

Make = Callable[[int, Sources, int], Any]
"""The example `index` of the seed, made from the sources; a function of a module, for other processes."""


def make_rounds(make: Make, sources: Sources, *, seed: int, first: int, last: int, size: int) -> Iterator[list[Any]]:
    """`size` new examples for each round from `first` to before `last`, made while the one before is in use.

    What is in a round follows from (seed, round) alone.
    """
    with start_helpers(_remember, make, sources, seed) as pool:

        def order(number: int) -> list[Future[list[Any]]]:
            places = np.array_split(np.arange(number * size, (number + 1) * size), 4 * HELPERS)
            return [pool.submit(_make_some, place) for place in places]

        coming = order(first) if first < last else []
        for number in range(first, last):
            ready = [example for future in coming for example in future.result()]
            if number + 1 < last:
                coming = order(number + 1)
            yield ready


_remembered: tuple[Make, Sources, int]


def _remember(make: Make, sources: Sources, seed: int) -> None:
    """Hand the sources to a worker process once, not with every order."""
    global _remembered
    _remembered = make, sources, seed


def _make_some(indices: NDArray[np.int64]) -> list[Any]:
    make, sources, seed = _remembered
    return [make(int(index), sources, seed) for index in indices]
