"""Small data sets in the real formats, drawn here: digits in print for MNIST, strokes for UNIPEN."""

import gzip
import json
import os
from pathlib import Path

import cv2
import numpy as np

from ml.data import LabelledImages

FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_TRIPLEX, cv2.FONT_HERSHEY_COMPLEX)
SHAPES = {
    "0": [[[500, 0], [250, 120], [200, 500], [260, 880], [500, 1000], [740, 880], [800, 500], [740, 120], [500, 0]]],
    "1": [[[500, 0], [500, 1000]]],
    "7": [[[200, 0], [800, 0], [400, 1000]], [[350, 500], [700, 500]]],
    "W": [[[0, 0], [250, 1000], [500, 300], [750, 1000], [1000, 0]]],
    "X": [[[100, 0], [900, 1000]], [[900, 0], [100, 1000]]],
}


def printed_digits(count: int, seed: int) -> LabelledImages:
    """`count` digits in four typefaces, a little moved: easy to learn, the size and tone of MNIST."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 10, count)
    images = np.zeros((count, 28, 28), np.uint8)
    for image, label in zip(images, labels, strict=True):
        x, y = (int(value) for value in rng.integers([5, 20], [9, 24]))
        cv2.putText(image, str(label), (x, y), FONTS[int(rng.integers(4))], 0.75, 255, 2, cv2.LINE_AA)
    return LabelledImages(images, labels.astype(np.int64))


def write_mnist(path: Path, *, training: int = 1200, test: int = 200) -> Path:
    """An `mnist.npz` of printed digits."""
    one, other = printed_digits(training, 1), printed_digits(test, 2)
    np.savez(path, x_train=one.images, y_train=one.labels, x_test=other.images, y_test=other.labels)
    return path


def small_mnist(folder: Path) -> Path:
    """An `mnist.npz` of a part of the real one where DIGITS_MNIST names it, else of printed digits."""
    path = folder / "mnist.npz"
    if not (named := os.environ.get("DIGITS_MNIST")):
        return write_mnist(path, training=3000)
    with np.load(named) as whole:
        np.savez(path, **{name: whole[name][:6000] for name in ("x_train", "y_train", "x_test", "y_test")})
    return path


def write_strokes(path: Path, labels: str, *, count: int = 40) -> Path:
    """A `.jsonl.gz` of strokes; a quarter of the characters by writer group "ced", which validation holds back."""
    with gzip.open(path, "wt", encoding="utf-8") as lines:
        for index in range(count):
            label = labels[index % len(labels)]
            group = "ced" if index % 4 == 3 else "val"
            lines.write(json.dumps({"label": label, "writer_group": group, "strokes": SHAPES[label]}) + "\n")
    return path
