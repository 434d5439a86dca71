"""Batches of examples to train on, each distorted anew in every epoch."""

import keras
import numpy as np
from numpy.typing import NDArray

from ml.augmentation import Distortion, distort
from ml.data import LabelledImages


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
