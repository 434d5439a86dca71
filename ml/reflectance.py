"""Ink on paper under uneven light: what is missing to the brightness of the paper at that very point."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.paper import Grey, is_light_on_dark, shade, without_desk

Map = NDArray[np.float32]

LEAST_CONTRAST = 0.03
"""Whatever differs less from its paper is none."""

_TIGHT_SIDE = 150
_FEWEST_PIXELS = 8
_FLARE = np.float32(20)

_NOISY = 0.22
"""Of the ink's level: where bare paper strays further, the picture is blurred once more, _MOST_BLURS times at most."""

_LEAST_NOISE = 0.004
_MOST_BLURS = 3
_BLUR_MORE = 1.6


def find_lost(grey: Grey) -> tuple[Map, Map]:
    """Ink and lost reflectance of a photograph, uint8 (h, w), either polarity: float32 (h, w) each.

    Where the paper is too noisy for strokes to hang together, the picture is blurred until it is not.
    """
    if max(grey.shape) > _TIGHT_SIDE:
        grey = without_desk(grey)
    if is_light_on_dark(grey):
        grey = 255 - grey
    paper = shade(grey)
    sigma = 0.2 + max(grey.shape) / 500
    found = _compare(_blur(grey, sigma) if max(grey.shape) > _TIGHT_SIDE else grey, paper)
    for _ in range(_MOST_BLURS):
        if not found.is_noisy:
            break
        sigma *= _BLUR_MORE
        found = _compare(_blur(grey, sigma), paper)
    return found.ink(), found.lost


def _blur(grey: Grey, sigma: float) -> Grey:
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), sigma), np.uint8)


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Lost reflectance float32 (h, w), how far it strays on bare paper, and the level it has on ink (0 = no ink)."""

    lost: Map
    noise: float
    level: float

    @property
    def is_noisy(self) -> bool:
        """Whether strokes would come out as specks: the paper's own strays reach far up to the ink."""
        return self.noise > max(_LEAST_NOISE, _NOISY * self.level)

    def ink(self) -> Map:
        """How sure it is that there is ink: float32 (h, w) in [0, 1]."""
        if not self.level:
            return np.zeros(self.lost.shape, np.float32)
        floor = max(0.2 * self.level, min(3 * self.noise, 0.45 * self.level))
        span = np.float32(0.9 * self.level - floor)
        ink = self.lost / span
        ink -= np.float32(floor) / span
        return np.asarray(np.clip(ink, 0, 1, out=ink), np.float32)


def _compare(grey: Grey, paper: Grey) -> _Comparison:
    # The flare keeps what is nearly black from being divided by nearly nothing.
    reflectance = np.asarray((grey + _FLARE) / (paper + _FLARE), np.float32)
    step = 1 + int(grey.size > 40_000) + int(grey.size > 300_000)
    lost = 1 - reflectance[::step, ::step]
    lowest, below, middle = (float(value) for value in np.percentile(lost, (5, 16, 50)))
    if middle - below > 2 * (below - lowest) + LEAST_CONTRAST:  # half of the picture is a dense grid
        middle = 3 * below - 2 * lowest
    noise = middle - below
    strong = lost[lost > middle + max(4 * noise, LEAST_CONTRAST)] - middle
    level = usual_level(strong) if len(strong) >= _FEWEST_PIXELS else 0.0
    return _Comparison(np.float32(1 - middle) - reflectance, noise, level)


def usual_level(lost: Map) -> float:
    """The mean of what is lost, float32 (N,), weighed by itself; 0 for nothing."""
    return float((lost * lost).sum() / lost.sum()) if len(lost) else 0.0
