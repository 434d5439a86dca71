"""Tells ink from paper in photographs, where light, ruling and noise defeat thresholds: a small U-Net, by LiteRT.

It sees how far each point is darker than the paper there (`ml.reflectance`), and the picture itself. How it was
trained: `ml.train_ink`.
"""

from __future__ import annotations

import functools

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.networks import AnySizeNetwork
from ml.reflectance import Reflectance, measure

Map = NDArray[np.float32]
Grey = NDArray[np.uint8]

STEP = 32
"""The network takes pictures whose sides are multiples of this."""

GLANCE_SIDE = 160
"""Pixels, of a window in training: a picture of no more was seen as a whole, and only of these some with their ink
taken for paper."""

BROADEST = 20
"""Pixels: only such a picture had broader strokes."""

_RARE = 0.05
"""Of all pixels: rarer ink is not taken for paper."""

_PAPER = 78
_INK = 178
"""Where channels have paper, and ink of the usual darkness."""

_NEAR = 15
"""Pixels, of the window in which ink is compared with what is next to it."""

_SURE = 0.75
"""Ink of which the network is nowhere surer than this is the grain of the paper."""

_LEAST_RANGE = 8
_LEAST_LEVEL = 0.03


def glance(grey: Grey, light: bool | None = None) -> tuple[Map, Map, bool]:
    """Ink and lost reflectance of a photograph, float32 (h, w) each, and whether its ink is lighter than its paper.

    `grey`: uint8 (h, w). `light`: what was found from further away; None for a first look from afar, at GLANCE_SIDE
    pixels or so, where the network sees all of a stroke. Without it, `light` is guessed. It was wrong where the ink
    that the network finds is lighter than what is next to it; and at a first look also where the network finds
    nothing, but, with the opposite, much: as in a picture cropped tightly around broad strokes.
    """
    guess = measure(grey, light=light)
    ink = _find_ink(guess)
    is_wrong = is_lighter(ink, guess.grey)
    if is_wrong or (light is None and not ink.any()):
        reverse = measure(grey, light=not guess.light)
        other = _find_ink(reverse)
        if (other.mean() > _RARE or (is_wrong and other.any())) and not is_lighter(other, reverse.grey):
            return other, reverse.lost, reverse.light
    return ink, guess.lost, guess.light


def find_ink_on_paper(grey: Grey, light: bool) -> tuple[Map, Map]:
    """Ink and lost reflectance of a photograph, uint8 (h, w): float32 (h, w) each.

    `light`: whether the ink is lighter than the paper.
    """
    measured = measure(grey, light=light)
    return _find_ink(measured), measured.lost


def is_lighter(ink: Map, grey: Grey) -> bool:
    """Whether ink, float32 (h, w) in [0, 1], is lighter than what is next to it in a picture, uint8 (h, w).

    Point by point, for light may fall off from one stroke to the next; the middle of broad strokes is not asked.
    """
    is_ink = (ink > 0.5).view(np.uint8)
    beside = cv2.dilate(is_ink, np.ones((5, 5), np.uint8)) > cv2.dilate(is_ink, np.ones((3, 3), np.uint8))
    counts, sums = (
        cv2.boxFilter(np.where(beside, values, np.float32(0)), cv2.CV_32F, (_NEAR, _NEAR), normalize=False)
        for values in (np.float32(1), grey)
    )
    asked = (is_ink > 0) & (counts > 0.5)
    return bool(asked.any() and (grey[asked] - sums[asked] / counts[asked]).mean() > 0)


def _find_ink(measured: Reflectance) -> Map:
    """How sure the network is that there is ink, float32 (h, w) in [0, 1]; nowhere, where it is nowhere sure."""
    ink = _sureness(channels(measured)) if measured.level else None
    return np.zeros(measured.grey.shape, np.float32) if ink is None or ink.max() < _SURE else ink


def _sureness(seen: NDArray[np.uint8]) -> Map:
    """How sure the network is that there is ink: `channels`, uint8 (h, w, 2) -> float32 (h, w) in [0, 1]."""
    height, width = seen.shape[:2]
    padded = cv2.copyMakeBorder(seen, 0, -height % STEP, 0, -width % STEP, cv2.BORDER_REPLICATE)
    logits = shipped()(padded.astype(np.float32) / np.float32(255))[:height, :width, 0]
    return np.asarray(0.5 + 0.5 * np.tanh(0.5 * logits), np.float32)  # the logistic function, without overflow


@functools.cache
def shipped() -> AnySizeNetwork:
    """The network that comes with this package, loaded when it is first needed."""
    return AnySizeNetwork.load("ink")


def channels(measured: Reflectance) -> NDArray[np.uint8]:
    """What the network sees, uint8 (h, w, 2): lost reflectance, the ink's usual level at _INK; and grey, stretched."""
    scale = (_INK - _PAPER) / max(measured.level, _LEAST_LEVEL)
    lost = np.clip(measured.lost * np.float32(scale) + np.float32(_PAPER), 0, 255)
    darkest, brightest = np.percentile(measured.grey[::2, ::2], (1, 99))
    stretch = 255 / max(brightest - darkest, _LEAST_RANGE)
    grey = np.clip((measured.grey - np.float32(darkest)) * np.float32(stretch), 0, 255)
    return np.dstack([lost, grey]).astype(np.uint8)
