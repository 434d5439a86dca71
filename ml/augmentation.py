"""Random distortions of normalised 28x28 pictures while training: every epoch sees other handwriting.

Affine and elastic as in Simard, Steinkraus and Platt, "Best practices for convolutional neural networks
applied to visual document analysis" (2003), both in one resampling; then thicker or thinner ink.
"""

from dataclasses import dataclass

import cv2
import keras
import numpy as np
from numpy.typing import NDArray

from ml.data import LabelledImages

Grid = NDArray[np.float32]

_ROWS, _COLUMNS = np.mgrid[0:28, 0:28].astype(np.float32) - 13.5
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
    """A randomly bent copy of `image` uint8 (28, 28); ink that leaves the picture is lost."""
    columns, rows = _bent_grid(amount, rng)
    bent = np.asarray(cv2.remap(image, columns, rows, cv2.INTER_LINEAR), np.uint8)
    if rng.random() < amount.thickness:
        bent = _thicken_or_thin(bent, rng)
    return _coarsen(bent, rng) if rng.random() < amount.coarseness else bent


def _bent_grid(amount: Distortion, rng: np.random.Generator) -> tuple[Grid, Grid]:
    angle = np.deg2rad(rng.uniform(-amount.rotation, amount.rotation))
    shear = rng.uniform(-amount.shear, amount.shear)
    width, height = np.exp(rng.uniform(-amount.scale, amount.scale, 2))
    across, down = rng.uniform(-amount.shift, amount.shift, 2) + 13.5
    cos, sin = np.cos(angle), np.sin(angle)
    columns = _COLUMNS * np.float32(cos / width) + _ROWS * np.float32(shear - sin) + np.float32(across)
    rows = _COLUMNS * np.float32(sin) + _ROWS * np.float32(cos / height) + np.float32(down)
    field = rng.normal(0.0, amount.elastic * rng.random(), (5, 5, 2)).astype(np.float32)
    bend = cv2.resize(field, (28, 28), interpolation=cv2.INTER_CUBIC)
    return columns + bend[..., 0], rows + bend[..., 1]


def _thicken_or_thin(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    change = cv2.dilate if rng.random() < 0.5 else cv2.erode
    share = float(rng.uniform(0.2, 0.8))
    return np.asarray(cv2.addWeighted(change(image, _CROSS), share, image, 1.0 - share, 0.0), np.uint8)


def _coarsen(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """As it is after it was reduced to a third of its side at the least, or to most of it."""
    side = int(rng.integers(10, 22))
    small = cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA)
    method = cv2.INTER_CUBIC if rng.random() < 0.5 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(small, image.shape, interpolation=method), np.uint8)


class DistortedBatches(keras.utils.PyDataset):  # type: ignore[misc]  # Keras is untyped
    """Batches of distorted examples: float32 (B, 28, 28, 1) in [0, 1] and int64 (B,).

    Order and distortion follow from (seed, epoch, batch) alone, so a resumed training sees what an
    uninterrupted one would have seen.
    """

    def __init__(self, examples: LabelledImages, *, batch_size: int, seed: int, amount: Distortion) -> None:
        super().__init__()
        self._examples, self._batch_size, self._seed = examples, batch_size, seed
        self._kept = np.arange(len(examples))
        self.start_epoch(0, amount)

    def keep(self, indices: NDArray[np.int64]) -> None:
        """From the next epoch on, draw from these examples only."""
        self._kept = indices

    def start_epoch(self, epoch: int, amount: Distortion) -> None:
        """Shuffle for `epoch`, and bend so far from now on; call before the epoch's first batch is read."""
        self._epoch, self._amount = epoch, amount
        self._order = np.random.default_rng([self._seed, epoch]).permutation(self._kept)

    def __len__(self) -> int:
        return len(self._kept) // self._batch_size

    def __getitem__(self, index: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        rng = np.random.default_rng([self._seed, self._epoch, index])
        batch = self._examples.take(self._order[index * self._batch_size : (index + 1) * self._batch_size])
        images = np.stack([distort(image, self._amount, rng) for image in batch.images])
        return images[..., None].astype(np.float32) / np.float32(255), batch.labels
