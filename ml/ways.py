"""Ways to read a picture, and what is known of the best one when all have been weighed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ml.calibration import Judgement

_SURE = 0.5
_DOUBTFUL = 0.15
"""Of the chance that both networks give a number."""


class Way(NamedTuple):
    """One way to read a picture: its digits, the indices of the candidates that show them, and its score in nats.

    `word`: the logarithm of the chance that the line network gives it, as far as that counts; None where not asked.
    """

    score: float
    digits: tuple[int, ...] = ()
    path: tuple[int, ...] = ()
    word: float | None = None


def agreement(ways: Sequence[Way]) -> float | None:
    """The chance, in [0, 1], that the picture says what the best way says: by the line network, and beside other ways.

    None where the line network was not asked.
    """
    if not ways or ways[0].word is None:
        return None
    share = 1.0 / float(np.exp([way.score - ways[0].score for way in ways]).sum())
    return float(np.exp(ways[0].word)) * share


def settle(judgement: Judgement, ways: Sequence[Way]) -> Judgement:
    """The judgement of the best way's candidates, now that the whole is known.

    Where ways differ in one digit of the same path only, all that is known tells how probable each is. A digit that
    the classifier does not see there is at least as probable as the whole, and as any other. In a number that is sure,
    a candidate that looks strange is one that was cut badly.
    """
    if not ways:
        return judgement
    best, chance = ways[0], agreement(ways) or 0.0
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
    strange = 1.0 - chance if is_sure(best, chance) else 1.0
    return Judgement(probabilities, judgement.outlier * strange, judgement.foreign * strange)


def is_sure(way: Way, chance: float | None) -> bool:
    """Whether a way reads a number of which the line as a whole is to be believed; `chance`: the `agreement`."""
    return chance is not None and chance > _SURE and len(way.digits) > 1


def is_contradicted(way: Way, chance: float | None) -> bool:
    """Whether a way reads a number that the line as a whole speaks against; `chance`: the `agreement`."""
    return chance is not None and chance < _DOUBTFUL and len(way.digits) > 1


def _is_same_but_for(place: int, a: Way, b: Way) -> bool:
    """Whether the two differ at most in this digit."""
    after = place + 1
    return a.path == b.path and a.digits[:place] == b.digits[:place] and a.digits[after:] == b.digits[after:]
