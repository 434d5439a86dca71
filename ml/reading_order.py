"""Which of the overlapping candidates are the digits: the best path from the first piece of ink to the last."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from ml.segmentation import Candidate

_CUT = 0.6
_SMALL = 2.0
_AT_BORDER = 2.0
_AT_BORDER_OF_TIGHT_CROP = 1.0
_TOO_WIDE = 4.0
_DIGIT_SIZE = 0.6
_STUB_SIZE = 0.4
_LEFT_OUT = 4.0
_LEFT_OUT_DOUBTFUL = 1.5
_LEFT_OUT_SURE = 4.0
_SIGN = 0.99
_NUMBER = 2
_MOST_SIGNS = 6
"""So many digits are a number, beside which so many signs may stand."""

_Path = tuple[float, tuple[int, ...]]


def choose(
    candidates: Sequence[Candidate],
    belief: NDArray[np.float64],
    digits: int | None = None,
    signs: Collection[int] = (),
) -> list[int]:
    """Indices of the candidates that are the digits, in reading order.

    `belief`: float64 (N,) in (0, 1], how surely each is one digit and which. `digits`: how many there are,
    when the caller knows; the nearest number that is possible is taken. `signs`: as `find_signs` gives them. Dynamic
    programming over (pieces read, digits found): every piece belongs to one digit, or is left out at a price.
    """
    if not candidates:
        return []
    at_border = _doubt_at_border(candidates)
    merit = np.log(np.maximum(belief, 1e-6)) - np.array([_doubt(one, at_border) for one in candidates])
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
                if index in signs:
                    _offer(best[candidate.end], found, (score - _LEFT_OUT_DOUBTFUL, path))
                elif candidate.end == piece + 1:
                    _offer(best[piece + 1], found, (score - _price(candidate, belief[index]), path))
    finished = {found: path for found, path in best[last].items() if found}
    if digits is None:
        return list(max(finished.values())[1])
    return list(finished[min(finished, key=lambda found: (abs(found - digits), found))][1])


def _offer(paths: dict[int, _Path], found: int, path: _Path) -> None:
    if found not in paths or path[0] > paths[found][0]:
        paths[found] = path


def _doubt(candidate: Candidate, at_border: float) -> float:
    """What its shape and place say against a candidate, in nats."""
    _, _, width, height = candidate.box
    doubt = _CUT * candidate.cuts + _TOO_WIDE * max(0.0, width / height - 1.1)
    if candidate.size < _DIGIT_SIZE:
        doubt += _SMALL * (_DIGIT_SIZE - candidate.size) / 0.3
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
    price = _LEFT_OUT_DOUBTFUL if candidate.size < _DIGIT_SIZE else _LEFT_OUT
    return price + _LEFT_OUT_SURE * belief if candidate.is_whole else price


def cut_apart(candidates: Sequence[Candidate], path: Sequence[int]) -> list[int]:
    """Indices of the whole components of which the path reads only parts: these had better be digits that touch."""
    parts = [candidates[index] for index in path if candidates[index].cuts]
    return [
        index
        for index, whole in enumerate(candidates)
        if whole.is_whole and any(whole.start <= part.start < whole.end for part in parts)
    ]


def find_signs(candidates: Sequence[Candidate], foreign: NDArray[np.float64]) -> list[int]:
    """Indices of the whole components that surely are not made of digits; `foreign`: float64 (N,), how surely."""
    return [index for index, one in enumerate(candidates) if one.is_whole and foreign[index] > _SIGN]


def leaves_digit_out(candidates: Sequence[Candidate], path: Sequence[int], signs: Collection[int] = ()) -> bool:
    """Whether the path leaves out ink as large as a digit, and not cut off by the border: something unread.

    Less is enough where the rest of its component is read: that is no dirt. Signs beside a number do not count, as on
    a cheque: $407, **407.
    """
    read = {piece for index in path for piece in _pieces(candidates[index])}
    torn = {piece for index in cut_apart(candidates, path) for piece in _pieces(candidates[index])}
    single = (one for one in candidates if one.end == one.start + 1 and one.start not in read)
    unread = {
        one.start
        for one in single
        if one.size > (_STUB_SIZE if one.start in torn else _DIGIT_SIZE) and not one.at_border
    }
    beside = [candidates[index] for index in signs if not min(read) < candidates[index].start < max(read)]
    if len(path) >= _NUMBER and len(beside) <= _MOST_SIGNS:
        unread.difference_update(*(_pieces(one) for one in beside))
    return bool(unread)


def _pieces(candidate: Candidate) -> range:
    return range(candidate.start, candidate.end)
