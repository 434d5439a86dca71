"""Lets a network that sees a whole line weigh the ways to read it.

It sees each digit beside its neighbours, which the classifier does not: a piece of a 0 beside another is no 1. How it
was trained: `ml.train_lines`.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ml.calibration import softmax
from ml.ctc import BLANK, Floats, Number, likely_numbers, log_chances
from ml.networks import AnySizeNetwork
from ml.reading_order import Steps, spell
from ml.segmentation import Candidate
from ml.strips import make_strip
from ml.ways import Way, Weighed

_LONGEST = 2_400
"""Pixels, of all lines of a picture: seventy digits or so."""

_BESIDE_PLAIN = 0.25
"""How much the line network counts where digits stand apart: the classifier sees a single digit better."""

_SURE = 0.95
"""Where the classifier believes in each of the digits that stand apart as much, the line network is not asked."""

_IMPOSSIBLE = -30.0
"""Nats: the line network may be wrong, too; what is less probable than this is all alike to it."""


@functools.cache
def shipped() -> AnySizeNetwork:
    """The network that comes with this package, loaded when it is first needed."""
    return AnySizeNetwork.load("line")


def read_line(strip: NDArray[np.uint8]) -> Floats:
    """The chances of each digit and of none along a strip of `ml.strips`: float64 (t, 11), rows sum to 1."""
    return softmax(shipped()(strip[..., None].astype(np.float32) / np.float32(255))[0].astype(np.float64))


def weigh(
    ways: Sequence[Way],
    candidates: Sequence[Candidate],
    steps: Steps,
    belief: Floats,
    signs: Collection[int] = (),
    slashes: Collection[int] = (),
    digits: int | None = None,
) -> Weighed:
    """The ways to read a picture, and those that say what the line network reads: by the word of both, the best first.

    `belief`: the classifier's, float64 (N,), as a Judgement has it. `signs`: as `ml.unread.find_signs` gives them;
    what the best way leaves out of them is not shown to the line network, which may not know it. `slashes`: as
    `ml.slashes.find_slashes` gives them. `digits`: how many there are, when the caller knows.

    The line network is not asked where the best way reads nothing, as in a line of signs; nor for any line where the
    digits stand apart and the classifier is sure of them, for it may have learned digits that the line network never
    saw, unless one may be a slash; nor where one may be broken in two, or lines are too long in all.
    """
    is_plain = bool(ways) and _is_plain(ways[0], candidates, len(steps), slashes)
    is_clear = is_plain and belief[list(ways[0].path)].min() > _SURE
    strips = {} if not ways or is_clear else _strips(ways[0], candidates, signs)
    if not strips or sum(strip.shape[1] for strip in strips.values()) > _LONGEST:
        return Weighed(list(ways))
    heard = {line: read_line(strip) for line, strip in strips.items()}
    known = {way.digits for way in ways}
    numbers = [number for number in _numbers(ways[0], candidates, heard) if number and number not in known]
    if digits is not None:
        numbers = [number for number in numbers if len(number) == len(ways[0].digits)]
    found = [*ways, *(way for number in numbers if (way := spell(number, steps)))]
    words = np.zeros(len(found))
    for line, chances in heard.items():
        said = [_in_line(way, candidates, line) for way in found]
        different = list(dict.fromkeys(said))
        word = dict(zip(different, log_chances(chances, different).tolist(), strict=True))
        words += np.maximum([word[number] for number in said], _IMPOSSIBLE)
    weight = _BESIDE_PLAIN if is_plain else 1.0
    pairs = zip(found, (weight * words).tolist(), strict=True)
    weighed = [way._replace(score=way.score + word, word=word) for way, word in pairs]
    weighed.sort(key=lambda way: -way.score)
    return Weighed(weighed, _single(weighed[0], candidates, heard), is_plain)


def _single(way: Way, candidates: Sequence[Candidate], heard: Mapping[int, Floats]) -> float | None:
    """The chance that the line of a way's only digit says one digit; None where it says several, or was not heard."""
    line = candidates[way.path[0]].line
    if len(way.digits) > 1 or line is None or line not in heard:
        return None
    return float(np.exp(log_chances(heard[line], [(digit,) for digit in range(BLANK)])).sum())


def _is_plain(way: Way, candidates: Sequence[Candidate], pieces: int, slashes: Collection[int]) -> bool:
    """Whether the digits stand apart and are all there is: each is uncut, none may be a slash, every piece is read."""
    read = [candidates[index] for index in way.path]
    is_clear = not any(one.cuts for one in read) and not set(slashes) & set(way.path)
    return is_clear and sum(one.end - one.start for one in read) == pieces


def _strips(way: Way, candidates: Sequence[Candidate], signs: Collection[int]) -> dict[int, NDArray[np.uint8]]:
    """The lines that the line network is to read, without the signs that the way leaves out."""
    read = [candidates[index] for index in way.path]
    left_out = [candidates[index] for index in signs if not any(_overlap(candidates[index], one) for one in read)]
    lines: dict[int | None, list[Candidate]] = {}
    for one in candidates:
        if not any(_overlap(one, sign) for sign in left_out):
            lines.setdefault(one.line, []).append(one)
    if None in lines:
        return {}
    places = sorted({one.line for one in read if one.line is not None})
    return {line: make_strip(lines[line]) for line in places}


def _overlap(a: Candidate, b: Candidate) -> bool:
    return a.start < b.end and b.start < a.end


def _numbers(way: Way, candidates: Sequence[Candidate], heard: Mapping[int, Floats]) -> list[Number]:
    """What the line network reads: all lines at their best, then in each line in turn what else it may say."""
    lines = sorted({line for one in candidates if (line := one.line) is not None})
    said = [likely_numbers(heard[line]) if line in heard else [_in_line(way, candidates, line)] for line in lines]
    best = [some[0] for some in said]
    numbers = [
        sum([*best[:place], other, *best[place + 1 :]], ()) for place, some in enumerate(said) for other in some
    ]
    return list(dict.fromkeys(numbers))


def _in_line(way: Way, candidates: Sequence[Candidate], line: int) -> Number:
    return tuple(digit for digit, index in zip(way.digits, way.path, strict=True) if candidates[index].line == line)
