"""Ways to read a picture, and what is known of the best one when all have been weighed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ml.calibration import Judgement

_SURE = 0.5
_SURE_OF_ONE = 0.9
_DOUBTFUL = 0.15
"""Of the chance that both networks give a number, or a single digit."""

_STRANGER = 2.2
"""Times the geometric mean of both networks' odds of "no digit": what both doubt is seldom one."""

_CERTAIN = 1e-6
"""No chance is nearer to 0 or 1 than this: each network may be wrong."""


class Way(NamedTuple):
    """One way to read a picture: its digits, the indices of the candidates that show them, and its score in nats.

    `word`: the logarithm of the chance that the line network gives it, as far as that counts; None where not asked.
    """

    score: float
    digits: tuple[int, ...] = ()
    path: tuple[int, ...] = ()
    word: float | None = None


class Weighed(NamedTuple):
    """The ways to read a picture, the best first, and what was learned when they were weighed.

    `single`: where the best one is one digit, the chance that the line network sees one, whichever; else None.
    `is_plain`: whether the digits of the way that was best before stand apart and are all there is.
    """

    ways: list[Way]
    single: float | None = None
    is_plain: bool = False


@dataclass(frozen=True, slots=True)
class Agreement:
    """What both networks say of the best way.

    `chance`: that the picture says what the way says, in [0, 1]: by the line network, and beside other ways; None
    of a single digit, and where that was not asked. `is_sure`, `is_contradicted`: whether the line as a whole is to
    be believed, or speaks against the way.
    """

    chance: float | None = None
    is_sure: bool = False
    is_contradicted: bool = False


def agree(ways: Sequence[Way]) -> Agreement:
    """How far the networks agree on the best of these ways; how probable a single digit is, its judgement tells."""
    if not ways or ways[0].word is None:
        return Agreement()
    share = 1.0 / float(np.exp([way.score - ways[0].score for way in ways]).sum())
    chance = float(np.exp(ways[0].word)) * share
    if len(ways[0].digits) == 1:
        return Agreement(is_sure=chance > _SURE_OF_ONE)
    return Agreement(chance, chance > _SURE, chance < _DOUBTFUL)


def settle(judgement: Judgement, weighed: Weighed, agreement: Agreement) -> Judgement:
    """The judgement of the best way's candidates, now that the whole is known.

    Where ways differ in one digit of the same path only, all that is known tells how probable each is. A digit that
    the classifier does not see there is at least as probable as the whole, and as any other. In a line that is sure,
    a candidate that looks strange is one that was cut badly. Whether a single one is a digit, both networks say.
    """
    ways, single, is_plain = weighed
    if not ways:
        return judgement
    best, chance = ways[0], agreement.chance or 0.0
    probabilities = judgement.probabilities.copy()
    for place, (index, digit) in enumerate(zip(best.path, best.digits, strict=True)):
        rivals = [way for way in ways if _is_same_but_for(place, way, best)]
        digits = [way.digits[place] for way in rivals]
        shares = np.exp([way.score - best.score for way in rivals])
        probabilities[index, digits] = probabilities[index, digits].sum() * shares / shares.sum()
        if (ahead := probabilities[index].max() - probabilities[index, digit]) > 0:
            share = max(chance, ahead / (1.0 + ahead))
            probabilities[index] *= 1.0 - share
            probabilities[index, digit] += share
    strange = 1.0 - chance if agreement.is_sure else 1.0
    outlier = judgement.outlier * strange
    if single is not None:
        doubts = np.clip([outlier[best.path[0]], 1.0 - single], _CERTAIN, 1.0 - _CERTAIN)
        odds = _STRANGER * np.sqrt(np.prod(doubts / (1.0 - doubts)))
        # Of a digit that stands apart, the classifier has seen all there is: the line network may only add doubt.
        least = outlier[best.path[0]] if is_plain else 0.0
        outlier[best.path[0]] = max(least, odds / (1.0 + odds))
    return Judgement(probabilities, outlier, judgement.foreign * strange)


def _is_same_but_for(place: int, a: Way, b: Way) -> bool:
    """Whether the two differ at most in this digit."""
    after = place + 1
    return a.path == b.path and a.digits[:place] == b.digits[:place] and a.digits[after:] == b.digits[after:]
