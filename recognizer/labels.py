"""Reviewed submissions as examples to learn from, and the part of them that is never learned from."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING
from uuid import UUID

from recognizer.models import Status, Submission, SubmissionQuerySet

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ml.inference import Reading, Recognizer

HELD_OUT_SHARE = 5
"""One reviewed submission in so many is held out."""

CHUNK = 64


@dataclass(frozen=True, slots=True)
class Example:
    """What the network sees of one digit, `tensor` uint8 (28, 28), 255 = ink; `label` 0-9, or 10 for "no digit"."""

    submission_id: UUID
    tensor: "NDArray[np.uint8]"
    label: int


def is_held_out(submission_id: UUID) -> bool:
    """Whether it serves for measuring only: by its id alone, so that it stays so for good, whatever else comes."""
    return int.from_bytes(hashlib.sha256(submission_id.bytes).digest()[:8]) % HELD_OUT_SHARE == 0


def reviewed() -> SubmissionQuerySet:
    """What reviewers labelled, in the order of ids, which is none in particular."""
    return Submission.objects.filter(label__isnull=False, status=Status.DONE).order_by("id")


def examples(model: "Recognizer", rows: Iterator[Submission]) -> Iterator[Example]:
    """The digits of labelled rows as the front end cuts them out, each with its part of the label.

    The front end is told how many digits there are. Where it finds another number all the same, the parts cannot
    be told apart and the row gives no example. In a row labelled “no digit”, all that is found is none.
    """
    from ml.inference import Picture, Reading

    while batch := list(islice(rows, CHUNK)):
        readings = model.read([Picture(bytes(row.image), len(row.label or "") or None) for row in batch])
        for row, reading in zip(batch, readings, strict=True):
            if isinstance(reading, Reading):
                yield from _examples(row, reading)


def _examples(row: Submission, reading: "Reading") -> Iterator[Example]:
    from ml.data import NOT_A_DIGIT

    labels = [int(figure) for figure in row.label or ""] or [NOT_A_DIGIT] * len(reading.digits)
    if len(labels) == len(reading.digits):
        for digit, label in zip(reading.digits, labels, strict=True):
            yield Example(row.id, digit.preview, label)
