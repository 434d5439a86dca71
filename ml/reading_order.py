"""Which of the overlapping candidates are the digits: the best path from the first piece of ink to the last."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ml.segmentation import Candidate

_CUT = 0.6
_SMALL = 2.0
_AT_BORDER = 1.0
_TOO_WIDE = 4.0
_DIGIT_SIZE = 0.6
_LEFT_OUT = 4.0
_LEFT_OUT_DOUBTFUL = 1.5

_Path = tuple[float, tuple[int, ...]]


def choose(candidates: Sequence[Candidate], confidence: NDArray[np.float64], digits: int | None = None) -> list[int]:
    """Indices of the candidates that are the digits, in reading order.

    `confidence`: float64 (N,) in (0, 1], how surely each is one digit and which. `digits`: how many there are,
    when the caller knows; the nearest number that is possible is taken. Dynamic programming over (pieces read,
    digits found): every piece belongs to one digit, or is left out at a price.
    """
    if not candidates:
        return []
    merit = np.log(np.maximum(confidence, 1e-6)) - np.array([_doubt(one, candidates) for one in candidates])
    last = max(candidate.end for candidate in candidates)
    best: list[dict[int, _Path]] = [{} for _ in range(last + 1)]
    best[0][0] = (0.0, ())
    starting: dict[int, list[int]] = {}
    for index, candidate in enumerate(candidates):
        starting.setdefault(candidate.start, []).append(index)
    for piece in range(last):
        for found, (score, path) in best[piece].items():
            for index in starting[piece]:
                candidate = candidates[index]
                _offer(best[candidate.end], found + 1, (score + float(merit[index]), (*path, index)))
                if candidate.end == piece + 1:
                    _offer(best[piece + 1], found, (score - _price(candidate), path))
    finished = {found: path for found, path in best[last].items() if found}
    if digits is None:
        return list(max(finished.values())[1])
    return list(finished[min(finished, key=lambda found: (abs(found - digits), found))][1])


def _offer(paths: dict[int, _Path], found: int, path: _Path) -> None:
    if found not in paths or path[0] > paths[found][0]:
        paths[found] = path


def _doubt(candidate: Candidate, candidates: Sequence[Candidate]) -> float:
    """What its shape and place say against a candidate, in nats."""
    _, _, width, height = candidate.box
    doubt = _CUT * candidate.cuts + _TOO_WIDE * max(0.0, width / height - 1.1)
    if candidate.size < _DIGIT_SIZE:
        doubt += _SMALL * (_DIGIT_SIZE - candidate.size) / 0.3
    if candidate.at_border and width < 0.5 * height and any(not other.at_border for other in candidates):
        doubt += _AT_BORDER if width > 0.15 * height else 2 * _AT_BORDER
    return doubt


def _price(candidate: Candidate) -> float:
    """What it costs to leave a piece out: little where it is small or cut off by the border."""
    return _LEFT_OUT_DOUBTFUL if candidate.at_border or candidate.size < _DIGIT_SIZE else _LEFT_OUT


def leaves_digit_out(candidates: Sequence[Candidate], path: Sequence[int]) -> bool:
    """Whether the path leaves out ink as large as a digit, and not cut off by the border: something unread."""
    read = {piece for index in path for piece in range(candidates[index].start, candidates[index].end)}
    single = (one for one in candidates if one.end == one.start + 1 and one.start not in read)
    return any(one.size > _DIGIT_SIZE and not one.at_border for one in single)
