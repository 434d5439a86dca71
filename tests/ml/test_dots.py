"""Pictures of two shades: where greys became dots, they become greys again; clean drawings stay as they are."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from ml.dots import without_dots
from tests.pictures import STROKES, drawing

Grey = NDArray[np.uint8]


def _dithered(grey: Grey) -> Grey:
    return np.asarray(Image.fromarray(grey).convert("1"), np.uint8) * np.uint8(255)


@pytest.mark.parametrize("shade", [30, 128, 200, 245])
def test_dithered_shade_comes_back(shade: int) -> None:
    found = without_dots(_dithered(np.full((120, 160), shade, np.uint8)))

    middle = found[10:-10, 10:-10].astype(float)
    assert abs(middle.mean() - shade) < 6
    assert middle.std() < 0.25 * _dithered(np.full((120, 160), shade, np.uint8)).std() + 1


def test_speckle_of_a_threshold_is_blurred() -> None:
    noise = np.random.default_rng(0).normal(200, 12, (200, 200))
    speckled = cv2.threshold(noise.astype(np.float32), 175, 255, cv2.THRESH_BINARY)[1].astype(np.uint8)

    assert len(np.unique(without_dots(speckled))) > 20


@pytest.mark.parametrize("mode", ["1", "L"])
def test_clean_drawing_is_the_same_picture(mode: str) -> None:
    grey = np.asarray(drawing("347", mode=mode).convert("L"), np.uint8)

    assert without_dots(grey) is grey


def test_noisy_photograph_is_the_same_picture() -> None:
    noisy = np.where(np.random.default_rng(0).random((100, 100)) < 0.1, 40, 250).astype(np.uint8)
    noisy[50, 50] = 128

    assert without_dots(noisy) is noisy


@pytest.mark.parametrize("shape", [(8, 8), (63, 400), (1, 90)])
def test_few_pixels_are_left_alone(shape: tuple[int, int]) -> None:
    checked = (np.indices(shape).sum(axis=0) % 2 * 255).astype(np.uint8)

    assert without_dots(checked) is checked


@pytest.mark.parametrize("digit", "2347")
@pytest.mark.parametrize("side", [64, 100, 300])
def test_lines_of_single_pixels_are_no_dots(side: int, digit: str) -> None:
    image = Image.new("1", (side, side), 1)
    for stroke in STROKES[digit]:
        ImageDraw.Draw(image).line([(x * side / 100, y * side / 100) for x, y in stroke], fill=0, width=1)
    grey = np.asarray(image.convert("L"), np.uint8)

    assert without_dots(grey) is grey


def test_few_specks_are_no_dots() -> None:
    grey = np.full((200, 300), 255, np.uint8)
    grey[::40, ::40] = 0

    assert without_dots(grey) is grey
