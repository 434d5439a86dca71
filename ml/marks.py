"""Which components are no writing: specks, and dashes that stand by themselves."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ml.components import Component, Labels, overlap

_SPECK = 0.16
_FLAT = 2.0
_DASH = 5.0

_STRAIGHT = 2.2
"""Times the pen: a bar is no wider; a flat 2 is."""

_LINE = 2.0
"""Times its thickness: what is higher is no dash, however long, but perhaps many digits that hang together."""


def is_mark(one: Component, others: Sequence[Component], height: float, labels: Labels) -> bool:
    """A speck, or a minus sign that stands by itself (the loose bar of a 5 stands over or beside its body).

    `others`: all components. `height`: the usual one of a digit. `labels`: the label picture.
    """
    if max(one.width, one.height) < _SPECK * height:
        return True
    is_line = one.width >= _DASH * one.height and one.height < _LINE * one.thickness
    is_flat = one.width >= _FLAT * one.height and one.height <= 0.35 * height
    if not is_line and not (is_flat and _is_bar(one, labels)):
        return False
    return not any(_may_carry_bar(other, one, height) for other in others if other is not one)


def _is_bar(one: Component, labels: Labels) -> bool:
    """Whether it is one straight stroke, however it slopes: its narrowest box is hardly wider than its ink is."""
    window = labels[one.y : one.bottom, one.x : one.right]
    mask = np.pad(np.isin(window, one.labels).astype(np.uint8), 1)
    pen = 2 * float(cv2.distanceTransform(mask, cv2.DIST_L2, cv2.DIST_MASK_5).max())
    points = cv2.findNonZero(mask)
    return min(cv2.minAreaRect(points)[1]) < _STRAIGHT * pen


def _may_carry_bar(body: Component, bar: Component, height: float) -> bool:
    near = overlap(body, bar) > -0.15 * height
    middle = bar.y + bar.height / 2
    return near and body.y - 0.35 * height < middle < body.y + 0.45 * body.height and body.height > 0.4 * height
