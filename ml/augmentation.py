"""Random distortions of normalised pictures while training: every epoch sees other handwriting.

Affine and elastic as in Simard, Steinkraus and Platt, "Best practices for convolutional neural networks
applied to visual document analysis" (2003), both in one resampling; then thicker or thinner ink.
"""

import functools
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Grid = NDArray[np.float32]

_ELASTICITY = 5.6
"""Pixels from one point that is moved at random to the next."""

_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))


@dataclass(frozen=True, slots=True)
class Distortion:
    """How far a picture may be bent: degrees, shear, relative scale, pixels, pixels, and probabilities.

    `thickness`: that its strokes become thicker or thinner. `coarseness`: that it is as if seen with fewer pixels.
    """

    rotation: float = 12.0
    shear: float = 0.15
    scale: float = 0.12
    shift: float = 2.0
    elastic: float = 1.1
    thickness: float = 0.3
    coarseness: float = 0.15


def distort(image: NDArray[np.uint8], amount: Distortion, rng: np.random.Generator) -> NDArray[np.uint8]:
    """A randomly bent copy of `image` uint8 (h, w); ink that leaves the picture is lost."""
    columns, rows = _bent_grid(image.shape, amount, rng)
    bent = np.asarray(cv2.remap(image, columns, rows, cv2.INTER_LINEAR), np.uint8)
    if rng.random() < amount.thickness:
        bent = _thicken_or_thin(bent, rng)
    return _coarsen(bent, rng) if rng.random() < amount.coarseness else bent


@functools.lru_cache(maxsize=32)
def _grid(height: int, width: int) -> tuple[Grid, Grid]:
    """How far each pixel is from the middle: rows and columns, float32 (h, w) each."""
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    return rows - np.float32((height - 1) / 2), columns - np.float32((width - 1) / 2)


def _bent_grid(shape: tuple[int, ...], amount: Distortion, rng: np.random.Generator) -> tuple[Grid, Grid]:
    height, width = shape
    from_middle = _grid(height, width)
    angle = np.deg2rad(rng.uniform(-amount.rotation, amount.rotation))
    shear = rng.uniform(-amount.shear, amount.shear)
    wider, higher = np.exp(rng.uniform(-amount.scale, amount.scale, 2))
    across, down = rng.uniform(-amount.shift, amount.shift, 2) + (np.array([width, height]) - 1) / 2
    cos, sin = np.cos(angle), np.sin(angle)
    columns = from_middle[1] * np.float32(cos / wider) + from_middle[0] * np.float32(shear - sin) + np.float32(across)
    rows = from_middle[1] * np.float32(sin) + from_middle[0] * np.float32(cos / higher) + np.float32(down)
    points = (max(5, round(height / _ELASTICITY)), max(5, round(width / _ELASTICITY)))
    field = rng.normal(0.0, amount.elastic * rng.random(), (*points, 2)).astype(np.float32)
    bend = cv2.resize(field, (width, height), interpolation=cv2.INTER_CUBIC)
    return columns + bend[..., 0], rows + bend[..., 1]


def _thicken_or_thin(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    change = cv2.dilate if rng.random() < 0.5 else cv2.erode
    share = float(rng.uniform(0.2, 0.8))
    return np.asarray(cv2.addWeighted(change(image, _CROSS), share, image, 1.0 - share, 0.0), np.uint8)


def _coarsen(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """As it is after it was reduced to a third of its side at the least, or to most of it."""
    height, width = image.shape
    side = int(rng.integers(10, 22))
    small = cv2.resize(image, (round(width * side / 28), round(height * side / 28)), interpolation=cv2.INTER_AREA)
    method = cv2.INTER_CUBIC if rng.random() < 0.5 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(small, (width, height), interpolation=method), np.uint8)
