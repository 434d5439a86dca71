"""Which components are no writing: dashes that stand by themselves, brackets, holes punched into the paper."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.components import Component, Labels, overlap
from ml.runs import measure_run
from ml.strokes import widest_stroke

_FLAT = 2.0
_DASH = 5.0

_STRAIGHT = 2.2
"""Times the pen: a bar is no wider; a flat 2 is."""

_SOLID = 0.7
"""Of its box."""

_ROUND = 1.33
_HOLE = 1.6
"""Times the pen, which so many other components tell:"""
_PENS = 8

_BOW = 0.06
_SLIM = 0.45
_UPRIGHT = 0.2
"""Shares of a bracket's height: how far it bows at least, how wide it is and how far it leans at most."""

_HIGH = 1.08
"""Times a digit's height, at least."""

_LINE = 2.0
"""Times its thickness: what is higher is no dash, however long, but perhaps many digits that hang together."""


def is_mark(one: Component, others: Sequence[Component], height: float, labels: Labels) -> bool:
    """A hole, or a minus sign that stands by itself (the loose bar of a 5 stands over or beside its body).

    `others`: all components. `height`: the usual one of a digit. `labels`: the label picture.
    """
    if _is_hole(one, others, labels):
        return True
    is_line = one.width >= _DASH * one.height and one.height < _LINE * one.thickness
    is_flat = one.width >= _FLAT * one.height and one.height <= 0.35 * height
    if not is_line and not (is_flat and _is_bar(one, labels)):
        return False
    return not any(_may_carry_bar(other, one, height) for other in others if other is not one)


def without_brackets(line: Sequence[Component], height: float, labels: Labels) -> list[Component]:
    """A line's components without pairs of round brackets: slim, higher than digits, bowed outwards around others."""
    row = sorted(line, key=lambda one: one.x)
    opened, brackets = None, list[Component]()
    for place, one in enumerate(row):
        bow = _bow(one, height, labels)
        if bow < -_BOW:
            opened = place
        elif bow > _BOW and opened is not None and place > opened + 1:
            brackets += [row[opened], one]
            opened = None
    return [one for one in line if one not in brackets]


def _bow(one: Component, height: float, labels: Labels) -> float:
    """How far what is slim, high and upright as a bracket bows to the right, as a share of its height; else 0."""
    if one.width > _SLIM * one.height or one.height < _HIGH * height:
        return 0.0
    run = measure_run(_mask(one, labels) > 0)
    return run.bow if abs(run.lean) < _UPRIGHT else 0.0


def _is_hole(one: Component, others: Sequence[Component], labels: Labels) -> bool:
    """Whether it is a solid disc, far thicker than the pen that wrote the rest."""
    if one.area < _SOLID * one.width * one.height or not 1 / _ROUND < one.width / one.height < _ROUND:
        return False
    written = (other for other in others if other.area < _SOLID * other.width * other.height)
    pens = [_thickest(other, labels) for other in islice(written, _PENS)]
    return bool(pens) and _thickest(one, labels) > max(_HOLE * median(pens), _SOLID * one.width)


def _is_bar(one: Component, labels: Labels) -> bool:
    """Whether it is one straight stroke, however it slopes: its narrowest box is hardly wider than its ink is."""
    points = cv2.findNonZero(_mask(one, labels))
    return min(cv2.minAreaRect(points)[1]) < _STRAIGHT * _thickest(one, labels)


def _thickest(one: Component, labels: Labels) -> float:
    """The diameter in pixels of the largest disc that lies in its ink."""
    return widest_stroke(_mask(one, labels).astype(np.float32))


def _mask(one: Component, labels: Labels) -> NDArray[np.uint8]:
    """1 where its ink is, with a margin of one pixel."""
    window = labels[one.y : one.bottom, one.x : one.right]
    return np.pad(np.isin(window, one.labels).astype(np.uint8), 1)


def _may_carry_bar(body: Component, bar: Component, height: float) -> bool:
    near = overlap(body, bar) > -0.15 * height
    middle = bar.y + bar.height / 2
    return near and body.y - 0.35 * height < middle < body.y + 0.45 * body.height and body.height > 0.4 * height
