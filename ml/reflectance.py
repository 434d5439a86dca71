"""Ink on paper under uneven light: what is missing to the brightness of the paper at that very point."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.paper import Grey, is_light_on_dark, shade

Map = NDArray[np.float32]

LEAST_CONTRAST = 0.03
"""Whatever differs less from its paper is none."""

_FEWEST_PIXELS = 8
_FLARE = np.float32(20)

_NOISY = 0.5
"""Of the ink's level: where bare paper strays further, the picture is blurred, by more and more pixels."""

_LEAST_NOISE = 0.01
_BLURS = (2.0, 3.0)


@dataclass(frozen=True, slots=True)
class Reflectance:
    """A photograph, dark ink on light paper, against that paper.

    `grey`: uint8 (h, w). `lost`: float32 (h, w), the share of the paper's brightness that is missing. `level`: how
    much is missing on ink, 0 = there is none. `light`: the ink was lighter than the paper; this is the negative.
    """

    grey: Grey
    lost: Map
    level: float
    light: bool


def measure(grey: Grey, *, light: bool | None = None) -> Reflectance:
    """Compare each point of a photograph, uint8 (h, w), with the paper there; `light`: whether its ink is lighter.

    Where that is not known, it is guessed. What is so noisy that strokes would fall into specks is blurred.
    """
    light = is_light_on_dark(grey) if light is None else light
    if light:
        grey = 255 - grey
    seen, paper = grey, shade(grey)
    lost, level, noise = _compare(grey, paper)
    for sigma in _BLURS:
        if noise <= max(_LEAST_NOISE, _NOISY * level):
            break
        seen = np.asarray(cv2.GaussianBlur(grey, (0, 0), sigma), np.uint8)
        lost, level, noise = _compare(seen, paper)
    return Reflectance(seen, lost, level, light)


def _compare(grey: Grey, paper: Grey) -> tuple[Map, float, float]:
    """What is lost of the paper's brightness at every point, the usual loss on ink, and how far bare paper strays."""
    # The flare keeps what is nearly black from being divided by nearly nothing.
    reflectance = np.asarray((grey + _FLARE) / (paper + _FLARE), np.float32)
    step = 1 + int(grey.size > 40_000)
    lost = 1 - reflectance[::step, ::step]
    lowest, below, middle = (float(value) for value in np.percentile(lost, (5, 16, 50)))
    if middle - below > 2 * (below - lowest) + LEAST_CONTRAST:  # half of the picture is a dense grid
        middle = 3 * below - 2 * lowest
    noise = middle - below
    strong = lost[lost > middle + max(4 * noise, LEAST_CONTRAST)] - middle
    level = usual_level(strong) if len(strong) >= _FEWEST_PIXELS else 0.0
    return np.float32(1 - middle) - reflectance, level, noise


def usual_level(lost: Map) -> float:
    """The mean of what is lost, float32 (N,), weighed by itself, at most all; 0 where in all nothing is lost."""
    total = lost.sum()
    return min(1.0, float((lost * lost).sum() / total)) if total > 0 else 0.0
