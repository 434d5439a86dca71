"""Batches of examples to train on, each distorted anew in every epoch."""

from collections.abc import Iterator

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from ml.augmentation import Distortion, distort
from ml.data import LabelledImages


class DistortedBatches:
    """Batches of distorted examples: float32 (B, 28, 28, 1) in [0, 1] and int64 (B,).

    Order and distortion follow from (seed, epoch, batch) alone, so a resumed training sees what an
    uninterrupted one would have seen.
    """

    def __init__(self, examples: LabelledImages, *, batch_size: int, seed: int, amount: Distortion) -> None:
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

    def stream(self) -> tf.data.Dataset:
        """The epoch's batches in their order, to fit to.

        Keras would make one that tunes itself; for the thread that does, which may sleep for as long as the epoch
        took, TensorFlow waits in the end.
        """
        images = tf.TensorSpec((self._batch_size, 28, 28, 1), tf.float32)
        labels = tf.TensorSpec((self._batch_size,), tf.int64)
        dataset = tf.data.Dataset.from_generator(self._all, output_signature=(images, labels))
        options = tf.data.Options()
        options.autotune.enabled = False
        return dataset.apply(tf.data.experimental.assert_cardinality(len(self))).prefetch(2).with_options(options)

    def _all(self) -> Iterator[tuple[NDArray[np.float32], NDArray[np.int64]]]:
        return (self[index] for index in range(len(self)))

    def __len__(self) -> int:
        return len(self._kept) // self._batch_size

    def __getitem__(self, index: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        rng = np.random.default_rng([self._seed, self._epoch, index])
        batch = self._examples.take(self._order[index * self._batch_size : (index + 1) * self._batch_size])
        images = np.stack([distort(image, self._amount, rng) for image in batch.images])
        return images[..., None].astype(np.float32) / np.float32(255), batch.labels
