"""Ink that has the brightness of its paper and another colour."""

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from ml.colours import by_colour
from ml.inference import Picture, Reading, Recognizer
from tests.pictures import drawing

Colour = tuple[int, int, int]

GREEN, RED, BLUE, CRIMSON = (90, 150, 80), (215, 85, 80), (70, 90, 160), (200, 50, 60)


def _coloured(digit: str, paper: Colour, pen: Colour, *, noise: float = 0.0) -> NDArray[np.uint8]:
    ink = 1 - np.asarray(drawing(digit, side=160, pen=12).convert("L"), np.float64)[..., None] / 255
    light = np.linspace(1, 0.8, 160)[None, :, None] if noise else 1.0
    rows = (np.array(paper) * (1 - ink) + np.array(pen) * ink) * light
    return np.clip(rows + np.random.default_rng(0).normal(0, noise, rows.shape), 0, 255).astype(np.uint8)


def _read(recognizer: Recognizer, pixels: NDArray[np.uint8], image_format: str) -> Reading:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, image_format)
    (reading,) = recognizer.read([Picture(file.getvalue())])
    assert isinstance(reading, Reading)
    return reading


@pytest.mark.parametrize("digit", "2347")
@pytest.mark.parametrize(("paper", "pen"), [(GREEN, RED), (RED, GREEN), (BLUE, CRIMSON)])
def test_ink_as_bright_as_its_paper(recognizer: Recognizer, paper: Colour, pen: Colour, digit: str) -> None:
    drawn = _read(recognizer, _coloured(digit, paper, pen), "PNG")
    photographed = _read(recognizer, _coloured(digit, paper, pen, noise=3), "JPEG")

    assert (drawn.text, drawn.accepted) == (photographed.text, photographed.accepted) == (digit, True)


def test_light_of_two_colours_is_no_ink(recognizer: Recognizer) -> None:
    across = np.linspace(0, 1, 400)[None, :, None]
    light = np.array((205, 176, 141)) * (1 - across) + np.array((160, 176, 200)) * across
    noise = np.random.default_rng(0).normal(0, 4, (300, 400, 3))
    sheet = np.clip(light * np.linspace(1, 0.7, 300)[:, None, None] + noise, 0, 255).astype(np.uint8)

    assert by_colour(sheet) is None
    assert _read(recognizer, sheet, "JPEG").reason == "blank"


def test_colours_become_a_grey_picture_with_darker_ink() -> None:
    for paper, pen in ((GREEN, RED), (RED, GREEN)):
        grey = by_colour(_coloured("4", paper, pen))

        assert grey is not None and grey.shape == (160, 160) and grey.dtype == np.uint8
        assert grey[0, 0] == 200
        assert grey.min() < 120


@pytest.mark.parametrize("size", [(1700, 8), (8, 1700), (20_000, 8), (900, 9)])
@pytest.mark.parametrize("noise", [0, 4])
def test_coloured_strip_without_ink_is_no_trouble(recognizer: Recognizer, size: tuple[int, int], noise: int) -> None:
    tinted = np.random.default_rng(0).normal((200, 220, 250), noise, (size[1], size[0], 3))

    reading = _read(recognizer, np.clip(tinted, 0, 255).astype(np.uint8), "PNG")

    assert not reading.accepted
