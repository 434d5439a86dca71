"""Lets a network that sees a whole line weigh the ways to read it.

It sees each digit beside its neighbours, which the classifier does not: a piece of a 0 beside another is no 1. How it
was trained: `ml.train_lines`.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from itertools import islice, product

import numpy as np
from numpy.typing import NDArray

from ml.ctc import Floats, Number, likely_numbers, log_chances
from ml.networks import AnySizeNetwork
from ml.reading_order import Steps, spell
from ml.segmentation import Candidate
from ml.strips import make_strip
from ml.ways import Way

_MOST_NUMBERS = 8
_IMPOSSIBLE = -30.0
"""Nats: the line network may be wrong, too; what is less probable than this is all alike to it."""


@functools.cache
def shipped() -> AnySizeNetwork:
    """The network that comes with this package, loaded when it is first needed."""
    return AnySizeNetwork.load("line")


def read_line(strip: NDArray[np.uint8]) -> Floats:
    """The chances of each digit and of none along a strip of `ml.strips`: float64 (t, 11), rows sum to 1."""
    logits = shipped()(strip[..., None].astype(np.float32) / np.float32(255))[0].astype(np.float64)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float64)


def weigh(ways: Sequence[Way], candidates: Sequence[Candidate], steps: Steps, digits: int | None = None) -> list[Way]:
    """The ways to read a picture, and those that say what the line network reads: by the word of both, the best first.

    `digits`: how many there are, when the caller knows. A line of but one candidate is left to the classifier, which
    has seen all there is.
    """
    lines = sorted({one.line for one in candidates})
    own = {line: [one for one in candidates if one.line == line] for line in lines}
    heard = {line: read_line(make_strip(some)) for line, some in own.items() if len(some) > 1}
    if not ways or not heard:
        return list(ways)
    said = [likely_numbers(heard[line]) if line in heard else [_in_line(ways[0], candidates, line)] for line in lines]
    known = {way.digits for way in ways}
    numbers = [number for parts in islice(product(*said), _MOST_NUMBERS) if (number := sum(parts, ())) not in known]
    if digits is not None:
        numbers = [number for number in numbers if len(number) == len(ways[0].digits)]
    found = [*ways, *(way for number in numbers if number and (way := spell(number, steps)))]
    words = np.zeros(len(found))
    for line, chances in heard.items():
        words += log_chances(chances, [_in_line(way, candidates, line) for way in found])
    weighed = [
        way._replace(score=way.score + max(word, _IMPOSSIBLE), word=word)
        for way, word in zip(found, words.tolist(), strict=True)
    ]
    return sorted(weighed, key=lambda way: -way.score)


def _in_line(way: Way, candidates: Sequence[Candidate], line: int) -> Number:
    return tuple(digit for digit, index in zip(way.digits, way.path, strict=True) if candidates[index].line == line)
