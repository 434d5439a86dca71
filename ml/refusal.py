"""Whether to believe what was read, and if not, why."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from statistics import median_low

import numpy as np

from ml.calibration import Judgement, Thresholds
from ml.preparation import Prepared
from ml.preprocessing import FAINT_CONTRAST
from ml.slashes import is_likely_slash
from ml.strokes import widest_stroke
from ml.unread import cut_apart, leaves_digit_out
from ml.ways import Agreement, Way

MAX_DIGITS = 64
_BLOT = 11.0
"""Pixels of the 28x28 picture: one of 2,400 digits of MNIST has a stroke as wide; a solid shape is one such stroke."""

_HIGH = 1.75
"""Times the others' height: two digits that hang together, one above the other."""

_SLIM = 1.6


def refusal(
    prepared: Prepared,
    judgement: Judgement,
    ways: Sequence[Way],
    agreement: Agreement,
    signs: Collection[int],
    thresholds: Thresholds,
) -> str | None:
    """Why not to believe the best way to read a picture: a reason as a Reading has it; None to believe it.

    `judgement`: as `ml.ways.settle` leaves it. `agreement`: on the best way. `signs`: of `ml.unread.find_signs`.
    """
    if not ways:
        return "blank"
    best, path = ways[0], list(ways[0].path)
    if prepared.contrast < FAINT_CONTRAST:
        return "too_faint"
    if are_too_many(prepared, best):
        return "too_many"
    if any(widest_stroke(prepared.tensors[index]) > _BLOT for index in path) or _are_stacked(prepared, best):
        return "not_a_digit"
    cut = np.array([prepared.candidates[index].cuts > 0 for index in path])
    is_outlier = thresholds.are_exceeded(judgement.outlier[path], cut)
    foreign = judgement.foreign[cut_apart(prepared.candidates, path)].max(initial=0.0)
    read = {line for index in path if (line := prepared.candidates[index].line) is not None}
    believed = read if agreement.is_sure else set()
    is_unread = leaves_digit_out(prepared.candidates, path, signs, believed)
    if is_outlier or foreign > thresholds.outlier or is_unread:
        return "not_a_digit"
    least = judgement.confidence_in(path, best.digits).min()
    is_doubtful = agreement.is_contradicted or (not agreement.is_sure and _may_hold_slash(prepared, best))
    return "ambiguous" if is_doubtful or least < thresholds.confidence else None


def _are_stacked(prepared: Prepared, way: Way) -> bool:
    """Whether a digit is far higher than the others, and slim: two that hang together, one above the other."""
    boxes = [prepared.candidates[index].box for index in way.path]
    usual = median_low(height for _, _, _, height in boxes)
    return any(
        digit != 1 and height > _HIGH * usual and height > _SLIM * width
        for (_, _, width, height), digit in zip(boxes, way.digits, strict=True)
    )


def _may_hold_slash(prepared: Prepared, way: Way) -> bool:
    """Whether a 1 within a number is rather a slash, as of a date."""
    inner = list(zip(way.path, way.digits, strict=True))[1:-1]
    return any(digit == 1 and is_likely_slash(prepared.candidates[index]) for index, digit in inner)


def are_too_many(prepared: Prepared, way: Way) -> bool:
    """Whether there is more in the picture than can be read."""
    return prepared.is_too_much or len(way.path) > MAX_DIGITS
