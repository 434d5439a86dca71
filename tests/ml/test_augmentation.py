import numpy as np
import pytest
from numpy.typing import NDArray

from ml.augmentation import Distortion, distort
from tests.ml.sources import printed_digits


def test_distortion_moves_the_ink_but_keeps_the_digit() -> None:
    rng = np.random.default_rng(0)
    images = printed_digits(50, 0).images

    bent = np.stack([distort(image, Distortion(), rng) for image in images])

    assert bent.dtype == np.uint8
    assert all(not np.array_equal(one, other) for one, other in zip(bent, images, strict=True))
    ink = bent.sum(axis=(1, 2)) / images.sum(axis=(1, 2), dtype=np.float64)
    assert 0.7 < np.median(ink) < 1.4


def test_coarse_picture_has_lost_its_details_and_kept_its_ink() -> None:
    rng = np.random.default_rng(0)
    coarse = Distortion(rotation=0, shear=0, scale=0, shift=0, elastic=0, thickness=0, coarseness=1)
    images = printed_digits(50, 0).images

    coarsened = np.stack([distort(image, coarse, rng) for image in images])

    def sharpness(pictures: NDArray[np.uint8]) -> float:
        return float((np.diff(pictures.astype(np.float64), axis=2) ** 2).mean())

    assert sharpness(coarsened) < 0.8 * sharpness(images)
    assert 0.9 < coarsened.sum(dtype=np.float64) / images.sum(dtype=np.float64) < 1.1


def test_no_distortion_leaves_the_picture() -> None:
    image = printed_digits(1, 0).images[0]
    nothing = Distortion(rotation=0, shear=0, scale=0, shift=0, elastic=0, thickness=0, coarseness=0)

    np.testing.assert_array_equal(distort(image, nothing, np.random.default_rng(0)), image)


@pytest.mark.parametrize("shape", [(32, 40), (32, 300)])
def test_pictures_of_any_shape_are_bent_along_all_their_length(shape: tuple[int, int]) -> None:
    image = np.zeros(shape, np.uint8)
    image[14:18] = 255
    only_elastic = Distortion(rotation=0, shear=0, scale=0, shift=0, elastic=2, thickness=0, coarseness=0)

    bent = distort(image, only_elastic, np.random.default_rng(1))

    assert bent.shape == shape
    middle = (bent * np.arange(shape[0])[:, None]).sum(axis=0) / bent.sum(axis=0)
    assert np.ptp(middle[: shape[1] // 2]) > 0.5 and np.ptp(middle[shape[1] // 2 :]) > 0.5
    assert distort(image, Distortion(coarseness=1), np.random.default_rng(0)).shape == shape
