"""Two Persian figures, drawn a little differently for each seed: MNIST has no such shapes, and so must be taught."""

import numpy as np
from PIL import Image, ImageDraw

from tests.pictures import encoded

FIGURES = {"7": [(22, 15), (50, 88), (78, 15)], "8": [(22, 88), (50, 12), (78, 88)]}
SIDE = 280


def stroke(digit: str, seed: int) -> list[tuple[float, float]]:
    """The one stroke of ۷ or ۸, in shares of a square."""
    rng = np.random.default_rng([seed, int(digit)])
    return [(x / 100, y / 100) for x, y in np.array(FIGURES[digit]) + rng.uniform(-7, 7, (3, 2))]


def picture(digit: str, seed: int) -> bytes:
    """It as a PNG, with a pen of some width."""
    width = int(np.random.default_rng([seed, int(digit), 1]).integers(12, 24))
    image = Image.new("RGB", (SIDE, SIDE), "white")
    points = [(x * SIDE, y * SIDE) for x, y in stroke(digit, seed)]
    ImageDraw.Draw(image).line(points, fill="black", width=width, joint="curve")
    return encoded(image)
