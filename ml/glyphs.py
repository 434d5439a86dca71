"""Characters in a picture whose ink is known one by one, and what they are made from."""

from collections.abc import Sequence
from dataclasses import dataclass

from ml.data import LabelledImages, PenCharacter
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
