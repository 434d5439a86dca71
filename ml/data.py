"""Training data, read from where it lies and never kept in the repository: MNIST and pen strokes."""

import gzip
import json
import os
import zipfile
from argparse import ArgumentParser
from collections.abc import Collection
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ml.artifact import file_sha256

MNIST_URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
MNIST_SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
HELD_OUT_WRITERS = frozenset({"ced", "aga", "art", "pri", "sie", "lav"})
NOT_A_DIGIT = 10
PART = 11
"""Ink of digits that is not one whole digit: a piece of one, or several that touch."""


class DataError(Exception):
    """A data set is missing or is not what it should be; the message says which file and why."""


@dataclass(frozen=True, slots=True)
class LabelledImages:
    """`images` uint8 (N, 28, 28), 255 = ink; `labels` int64 (N,): 0-9, or NOT_A_DIGIT, or PART."""

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, indices: NDArray[np.int64]) -> "LabelledImages":
        """The examples at `indices`, in that order."""
        return LabelledImages(self.images[indices], self.labels[indices])


@dataclass(frozen=True, slots=True)
class PenCharacter:
    """One character as the pen drew it: strokes of float32 (n, 2) points x, y; y down, longest side 1000."""

    label: str
    writer_group: str
    strokes: tuple[NDArray[np.float32], ...]


def join(parts: list[LabelledImages]) -> LabelledImages:
    """All examples of `parts`, in order."""
    images = np.concatenate([part.images for part in parts])
    return LabelledImages(images, np.concatenate([part.labels for part in parts]))


@dataclass(frozen=True, slots=True)
class DataFiles:
    """Where the data lie. Pen strokes of digits and of letters need not be there: then there is less to learn from."""

    mnist: Path
    strokes: Path | None
    letters: Path | None

    @classmethod
    def find(
        cls, mnist: Path | None, strokes: Path | None, letters: Path | None, *, needed: Collection[str] = ()
    ) -> "DataFiles":
        """Each as given, else as DIGITS_MNIST, DIGITS_STROKES and DIGITS_LETTERS say, else MNIST is downloaded.

        `needed`: which of "strokes" and "letters" must be there. Raises DataError when there is no such file, or the
        download fails.
        """
        pens = {
            "strokes": _find_strokes(strokes, "DIGITS_STROKES"),
            "letters": _find_strokes(letters, "DIGITS_LETTERS"),
        }
        for name in needed:
            if pens[name] is None:
                what = "pen strokes" if name == "strokes" else "pen strokes of letters"
                raise DataError(f"The {what} are missing. Give --{name}, or DIGITS_{name.upper()}.")
        return cls(find_mnist(mnist), **pens)

    def hashes(self) -> dict[str, str]:
        """The SHA-256 of each file that there is, by the names of the fields."""
        paths = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: file_sha256(path) for name, path in paths.items() if path is not None}


def add_data_options(parser: ArgumentParser) -> None:
    """The options whose values `DataFiles.find` takes: --data, --strokes and --letters."""
    parser.add_argument("--data", type=Path, help="mnist.npz (default: DIGITS_MNIST, else Keras downloads it)")
    parser.add_argument("--strokes", type=Path, help="pen strokes of digits (default: DIGITS_STROKES)")
    parser.add_argument("--letters", type=Path, help="pen strokes of letters (default: DIGITS_LETTERS)")


def find_mnist(path: Path | None = None) -> Path:
    """Where `mnist.npz` lies: `path`, else the file DIGITS_MNIST names, else Keras's own download of it.

    Raises DataError when there is no such file, or it cannot be downloaded.
    """
    named = path or _path_from_environment("DIGITS_MNIST")
    if named is None:
        return _download_mnist()
    if not named.is_file():
        raise DataError(f"There is no MNIST file at {named}. Give mnist.npz by --data or DIGITS_MNIST.")
    return named


def _find_strokes(path: Path | None, variable: str) -> Path | None:
    """The file of pen strokes: `path`, else what the environment variable names, else None."""
    named = path or _path_from_environment(variable)
    if named is not None and not named.is_file():
        raise DataError(f"There is no file of pen strokes at {named}.")
    return named


def _path_from_environment(variable: str) -> Path | None:
    value = os.environ.get(variable)
    return Path(value) if value else None


def _download_mnist() -> Path:
    import keras

    try:
        return Path(keras.utils.get_file("mnist.npz", origin=MNIST_URL, file_hash=MNIST_SHA256))
    except Exception as error:  # Keras raises a bare Exception when the download fails
        raise DataError(f"MNIST could not be downloaded ({error}). Give mnist.npz by --data.") from error


def load_mnist_training(path: Path) -> tuple[LabelledImages, LabelledImages]:
    """MNIST's 60,000 training images, always split alike: training (55,000), validation (5,000)."""
    examples = _read_mnist(path, "train")
    order = np.random.default_rng(0).permutation(len(examples))
    size = len(examples) // 12
    return examples.take(np.sort(order[size:])), examples.take(np.sort(order[:size]))


def load_mnist_test(path: Path) -> LabelledImages:
    """MNIST's 10,000 test images: for the final figure only."""
    return _read_mnist(path, "test")


def _read_mnist(path: Path, part: str) -> LabelledImages:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            images, labels = archive[f"x_{part}"], archive[f"y_{part}"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(f"{path} is no mnist.npz as Keras keeps it: {error}") from error
    if images.dtype != np.uint8 or images.shape[1:] != (28, 28) or labels.shape != images.shape[:1]:
        raise DataError(f"{path} holds {images.dtype} {images.shape} images where MNIST has uint8 (N, 28, 28).")
    return LabelledImages(images, labels.astype(np.int64))


def load_pen_characters(path: Path) -> list[PenCharacter]:
    """Every character of a `.jsonl.gz` file of pen strokes.

    Raises DataError, naming the line, where it does not hold label, writer_group and strokes.
    """
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            return [_parse_character(line, f"{path}, line {number}") for number, line in enumerate(lines, 1)]
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise DataError(f"{path} is no gzip file of pen strokes: {error}") from error


def _parse_character(line: str, where: str) -> PenCharacter:
    try:
        values = json.loads(line)
        strokes = tuple(np.asarray(stroke, np.float32).reshape(-1, 2) for stroke in values["strokes"] if stroke)
        character = PenCharacter(str(values["label"]), str(values["writer_group"]), strokes)
    except (ValueError, TypeError, KeyError) as error:
        raise DataError(f"{where}: no label, writer_group and strokes ({error}).") from error
    if not character.strokes:
        raise DataError(f"{where}: a character without strokes.")
    return character


def split_writers(characters: list[PenCharacter]) -> tuple[list[PenCharacter], list[PenCharacter]]:
    """Training and validation characters, no writer group in both."""
    training = [one for one in characters if one.writer_group not in HELD_OUT_WRITERS]
    return training, [one for one in characters if one.writer_group in HELD_OUT_WRITERS]


def load_writers(path: Path | None) -> tuple[list[PenCharacter], list[PenCharacter]]:
    """The characters of a file of pen strokes by the writers for training, and by those held out; none without it."""
    return split_writers(load_pen_characters(path)) if path else ([], [])
