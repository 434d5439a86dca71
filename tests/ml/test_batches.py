import numpy as np

from ml.augmentation import Distortion
from ml.batches import DistortedBatches
from ml.data import LabelledImages
from tests.ml.sources import printed_digits


def batches(seed: int = 0) -> DistortedBatches:
    return DistortedBatches(printed_digits(100, 0), batch_size=16, seed=seed, amount=Distortion())


def test_same_seed_epoch_and_place_give_the_same_batch() -> None:
    one, other = batches(), batches()
    other.start_epoch(3, Distortion())
    other[0]
    one.start_epoch(2, Distortion())
    other.start_epoch(2, Distortion())

    for left, right in zip(one[4], other[4], strict=True):
        np.testing.assert_array_equal(left, right)
    other.start_epoch(3, Distortion())
    assert not np.array_equal(one[4][0], other[4][0])


def test_batches_are_what_the_network_reads() -> None:
    images, labels = batches()[0]

    assert images.shape == (16, 28, 28, 1)
    assert images.dtype == np.float32
    assert 0 <= images.min() < images.max() <= 1
    assert labels.dtype == np.int64
    assert len(batches()) == 6


def test_examples_left_out_never_come_again() -> None:
    examples = LabelledImages(printed_digits(64, 0).images, np.arange(64))
    sequence = DistortedBatches(examples, batch_size=8, seed=0, amount=Distortion())

    sequence.keep(np.arange(0, 64, 2))
    sequence.start_epoch(1, Distortion())

    seen = np.concatenate([sequence[index][1] for index in range(len(sequence))])
    assert sorted(seen) == list(range(0, 64, 2))
