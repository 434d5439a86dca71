"""Which of the overlapping candidates are the digits: the best paths from the first piece of ink to the last."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from heapq import nlargest
from operator import attrgetter
from typing import NamedTuple, cast

import numpy as np

from ml.calibration import Judgement
from ml.segmentation import Candidate
from ml.ways import Way

DIGIT_SIZE = 0.6
"""Of the usual height: what is smaller is hardly a digit."""

_CUT = 0.6
_SMALL = 2.0
_AT_BORDER = 8.0
_AT_BORDER_OF_TIGHT_CROP = 1.0
_TOO_WIDE = 4.0
_LEFT_OUT = 4.0
_LEFT_OUT_DOUBTFUL = 1.5
_LEFT_OUT_SURE = 4.0
_STRUCTURE = 0.4
"""How much it counts what is read, beside how well it looks like the digits that are read."""

_MOST_WAYS = 8
_MOST_DIGITS = 3
_POSSIBLE = 0.01
"""Of each candidate so many digits are considered: the most probable one, and others as probable as this."""

_LEAST_CHANCE = 1e-4
"""No digit is less probable than this: the classifier may be wrong."""


class Step(NamedTuple):
    """What may come next, up to the piece `end`: a candidate at a price, or, where it is None, nothing.

    `merits`: for each digit, how well the candidate looks like it, at most 0. `likely`: those to be considered.
    """

    end: int
    price: float
    candidate: int | None = None
    merits: tuple[float, ...] = ()
    likely: tuple[int, ...] = ()

    def read(self, way: Way, digit: int) -> Way:
        """The way that goes on by reading the candidate as this digit."""
        score = way.score + self.merits[digit] - self.price
        return Way(score, (*way.digits, digit), (*way.path, cast(int, self.candidate)))

    def leave_out(self, way: Way) -> Way:
        """The way that goes on without what the step leaves out."""
        return Way(way.score - self.price, way.digits, way.path)


Steps = list[list[Step]]
"""For each piece, all steps that begin there."""


def find_steps(candidates: Sequence[Candidate], judgement: Judgement, signs: Collection[int] = ()) -> Steps:
    """How one may go on from each piece: every piece belongs to one digit, or is left out at a price.

    `signs`: what may be left out as a whole, of `ml.unread.find_signs` and `ml.slashes.find_slashes`.
    """
    steps: Steps = [[] for _ in range(max((one.end for one in candidates), default=0))]
    at_border = _doubt_at_border(candidates)
    belief = judgement.belief
    merits = np.log(np.maximum(judgement.probabilities, _LEAST_CHANCE))
    doubts = -np.log(np.maximum(1.0 - judgement.outlier, 1e-6))
    for index, candidate in enumerate(candidates):
        probabilities = judgement.probabilities[index]
        first, *others = np.argsort(-probabilities, kind="stable")[:_MOST_DIGITS].tolist()
        likely = (first, *(digit for digit in others if probabilities[digit] > _POSSIBLE))
        price = _STRUCTURE * (float(doubts[index]) + _doubt(candidate, at_border))
        here = steps[candidate.start]
        here.append(Step(candidate.end, price, index, tuple(merits[index].tolist()), likely))
        if index in signs:
            here.append(Step(candidate.end, _STRUCTURE * _LEFT_OUT_DOUBTFUL))
        elif candidate.end == candidate.start + 1:
            here.append(Step(candidate.end, _STRUCTURE * _price(candidate, float(belief[index]))))
    return steps


def find_ways(steps: Steps, digits: int | None = None) -> list[Way]:
    """The best ways to read a picture, the best first, no two of which say the same; none without steps.

    `digits`: how many there are, when the caller knows; the nearest number that is possible is taken. A beam search
    over the pieces.
    """
    if not steps:
        return []
    possible = _possible_lengths(steps)
    wanted = None if digits is None else _nearest(digits, possible[0])
    reached: list[dict[tuple[int, ...], Way]] = [{} for _ in range(len(steps) + 1)]
    reached[0][()] = Way(0.0)
    for here, there in enumerate(steps):
        ways, reached[here] = reached[here], {}
        for way in _kept(list(ways.values()), possible[here], wanted):
            for step in there:
                if step.candidate is None:
                    _offer(reached[step.end], step.leave_out(way))
                else:
                    for digit in step.likely:
                        _offer(reached[step.end], step.read(way, digit))
    return _best(way for way in reached[-1].values() if way.digits and wanted in (None, len(way.digits)))


def _nearest(digits: int, possible: int) -> int:
    """The number of digits, at least one, that is possible and nearest to `digits`."""
    lengths = (length for length in range(1, possible.bit_length()) if possible >> length & 1)
    return min(lengths, key=lambda length: (abs(length - digits), length))


def _possible_lengths(steps: Steps) -> list[int]:
    """For each piece, and the end, how many digits may follow: bit n of the number tells whether n may."""
    possible = [0] * len(steps) + [1]
    for here in reversed(range(len(steps))):
        for step in steps[here]:
            possible[here] |= possible[step.end] << (step.candidate is not None)
    return possible


def spell(number: tuple[int, ...], steps: Steps) -> Way | None:
    """The best way to read just these digits, however little the candidates look like them; None without any.

    What is read so far follows from how many digits it is: for each number of them, the best way is all it takes.
    """
    reached: list[dict[int, Way]] = [{} for _ in range(len(steps) + 1)]
    reached[0][0] = Way(0.0)
    for here, there in enumerate(steps):
        for count, way in reached[here].items():
            for step in there:
                known = reached[step.end]
                if step.candidate is None:
                    if count not in known or way.score - step.price > known[count].score:
                        known[count] = step.leave_out(way)
                elif count < len(number):
                    digit, longer = number[count], count + 1
                    if longer not in known or way.score + step.merits[digit] - step.price > known[longer].score:
                        known[longer] = step.read(way, digit)
    return reached[-1].get(len(number))


def _kept(ways: list[Way], possible: int, wanted: int | None) -> list[Way]:
    """The ways to go on with: the best; where a number of digits is wanted, the best of each length that may have it.

    `possible`: how many digits may follow, as `_possible_lengths` says.
    """
    if wanted is None:
        return _best(ways)
    able = [way for way in ways if len(way.digits) <= wanted and possible >> (wanted - len(way.digits)) & 1]
    by_length = {len(way.digits): way for way in sorted(able, key=attrgetter("score"))}
    return list(dict.fromkeys([*_best(able), *by_length.values()]))


def _best(ways: Iterable[Way]) -> list[Way]:
    """The best ways, the best first."""
    return nlargest(_MOST_WAYS, ways, key=attrgetter("score"))


def _offer(ways: dict[tuple[int, ...], Way], way: Way) -> None:
    known = ways.get(way.digits)
    if known is None or way.score > known.score:
        ways[way.digits] = way


def _doubt(candidate: Candidate, at_border: float) -> float:
    """What its shape and place say against a candidate, in nats."""
    _, _, width, height = candidate.box
    doubt = _CUT * candidate.cuts + _TOO_WIDE * max(0.0, width / height - 1.1)
    if candidate.size < DIGIT_SIZE:
        doubt += _SMALL * (DIGIT_SIZE - candidate.size) / 0.3
    if candidate.at_border and width < 0.5 * height:
        doubt += at_border
    return doubt


def _doubt_at_border(candidates: Sequence[Candidate]) -> float:
    """What speaks against something narrow at the left or right border: a digit, or what is left of a neighbour?

    Nothing where all ink lies there, little in a picture cropped tightly around its digits on all sides.
    """
    if all(one.at_border for one in candidates):
        return 0.0
    return _AT_BORDER_OF_TIGHT_CROP if any(one.at_edge for one in candidates) else _AT_BORDER


def _price(candidate: Candidate, belief: float) -> float:
    """What it costs to leave a piece out: little where the border cuts it off or it is small, and no sure digit."""
    if candidate.at_border:
        return _LEFT_OUT_DOUBTFUL
    price = _LEFT_OUT_DOUBTFUL if candidate.size < DIGIT_SIZE else _LEFT_OUT
    return price + _LEFT_OUT_SURE * belief if candidate.is_whole else price
