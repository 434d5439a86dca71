"""What a line of outputs says, each a digit or a blank: connectionist temporal classification.

Graves et al., "Connectionist temporal classification" (2006). Outputs that repeat one another are one digit, blanks
are none, and between two digits that are alike there must be one. `chances`: float64 (t, 11), rows sum to 1.
"""

from collections.abc import Sequence
from heapq import nlargest
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

BLANK = 10
"""The output that says "no digit begins here"; 0 to 9 are the digits."""

_MOST_NUMBERS = 6
_POSSIBLE = 0.003
_SMALLEST = 1e-300

Floats = NDArray[np.float64]
Number = tuple[int, ...]


def log_chances(chances: Floats, numbers: Sequence[Number]) -> Floats:
    """The logarithm of the chance of each number, summed over all ways to say it: float64 (N,).

    The forward pass, section 4.1, for all numbers at once: before, between and after digits may be blanks.
    """
    longest = max(map(len, numbers))
    said = np.full((len(numbers), 2 * longest + 1), BLANK)
    for row, number in zip(said, numbers, strict=True):
        row[1 : 2 * len(number) : 2] = number
    may_skip = np.zeros(said.shape)
    may_skip[:, 2:] = (said[:, 2:] != BLANK) & (said[:, 2:] != said[:, :-2])
    along = chances[:, said]
    reached = np.zeros(said.shape)
    reached[:, :2] = along[0, :, :2]
    total = np.zeros(len(numbers))
    for here in along[1:]:
        before = reached.copy()
        before[:, 1:] += reached[:, :-1]
        before[:, 2:] += may_skip[:, 2:] * reached[:, :-2]
        reached = before * here
        scale = np.maximum(reached.max(axis=1), _SMALLEST)
        reached /= scale[:, None]
        total += np.log(scale)
    rows, ends = np.arange(len(numbers)), 2 * np.array([len(number) for number in numbers])
    last = reached[rows, ends] + np.where(ends > 0, reached[rows, np.maximum(ends - 1, 0)], 0.0)
    return np.asarray(total + np.log(np.maximum(last, _SMALLEST)), np.float64)


def likely_numbers(chances: Floats) -> list[Number]:
    """The numbers that are most probably said, the most probable first: a prefix beam search."""
    beam: dict[Number, tuple[float, float]] = {(): (1.0, 0.0)}
    for here in chances.tolist():
        likely = [digit for digit in range(BLANK) if here[digit] > _POSSIBLE]
        extended = _extended(beam, here, likely)
        beam = _best(extended) if likely else extended
    return list(_best(beam))


def _extended(
    beam: dict[Number, tuple[float, float]], here: list[float], likely: list[int]
) -> dict[Number, tuple[float, float]]:
    """What may have been said one output later: for each number the chances that a blank, or its digit, came last."""
    extended: dict[Number, tuple[float, float]] = {}

    def add(number: Number, after_blank: float, after_digit: float) -> None:
        known = extended.get(number, (0.0, 0.0))
        extended[number] = known[0] + after_blank, known[1] + after_digit

    for number, (after_blank, after_digit) in beam.items():
        last = number[-1] if number else None
        add(number, (after_blank + after_digit) * here[BLANK], 0.0 if last is None else after_digit * here[last])
        for digit in likely:
            before = after_blank if digit == last else after_blank + after_digit
            add((*number, digit), 0.0, before * here[digit])
    return extended


def _best(beam: dict[Number, tuple[float, float]]) -> dict[Number, tuple[float, float]]:
    """The most probable ones, of which the first has the chance 1, so that long lines do not vanish."""
    totals = nlargest(_MOST_NUMBERS, ((sum(ways), number) for number, ways in beam.items()), key=itemgetter(0))
    scale = max(totals[0][0], _SMALLEST)
    return {number: (beam[number][0] / scale, beam[number][1] / scale) for _, number in totals}
