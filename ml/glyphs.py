"""Characters in a picture whose ink is known one by one, and what they are made from."""

from collections.abc import Sequence
from dataclasses import dataclass

from ml.data import DataFiles, LabelledImages, PenCharacter, load_mnist_training, load_writers
from ml.rendering import Map

UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character in a picture.

    `ink`: float32 (H, W) in [0, 1] over the whole picture. `label`: 0-9, NOT_A_DIGIT, PART or UNKNOWN.
    """

    ink: Map
    label: int


@dataclass(frozen=True, slots=True)
class Sources:
    """What pictures are made from; `digits` and `letters` may be empty."""

    mnist: LabelledImages
    digits: Sequence[PenCharacter]
    letters: Sequence[PenCharacter]


def load_sources(files: DataFiles) -> tuple[Sources, Sources]:
    """What training pictures are made from, and those that validate: no image and no group of writers in both.

    Raises DataError for damaged files.
    """
    images = load_mnist_training(files.mnist)
    digits, letters = load_writers(files.strokes), load_writers(files.letters)
    training, validation = (Sources(images[part], digits[part], letters[part]) for part in (0, 1))
    return training, validation
