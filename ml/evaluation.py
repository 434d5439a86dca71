"""How well a model reads: outcomes of labelled pictures, and the figures that follow from them."""

import csv
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.calibration import expected_calibration_error
from ml.data import DataError, LabelledImages
from ml.decoding import ImageError
from ml.inference import Picture, Reading, Recognizer

BATCH = 64


@dataclass(frozen=True, slots=True)
class Outcome:
    """One labelled picture and what was read: `label` "" = holds no digit; `error` = the code of an ImageError.

    `thumbnail`: grey uint8 (h, w), for the sheet of worst errors.
    """

    file: str
    label: str
    text: str
    confidence: float
    accepted: bool
    reason: str | None
    error: str | None
    thumbnail: NDArray[np.uint8]

    @property
    def correct(self) -> bool:
        """Whether the best guess is the label, refused or not."""
        return self.text == self.label


def read_labels(folder: Path) -> list[tuple[Path, str]]:
    """The pictures of `folder`/img and their labels, from `folder`/labels.csv with the columns file and label.

    The table is in UTF-8; a byte order mark, as Excel writes, is passed over. A label holds digits, or nothing for
    "no digit". Raises DataError when the table or a picture is missing, or the table is not as it should be.
    """
    table = folder / "labels.csv"
    try:
        with table.open(newline="", encoding="utf-8-sig") as lines:
            rows = [(folder / "img" / row["file"], row["label"].strip()) for row in csv.DictReader(lines)]
    except OSError as error:
        raise DataError(f"{table} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{table} is not in UTF-8; save it as “CSV UTF-8”.") from error
    except csv.Error as error:
        raise DataError(f"{table} is no table of comma-separated values: {error}.") from error
    except (KeyError, AttributeError, TypeError) as error:  # a short row has None in its last columns
        raise DataError(f"{table} must have the columns file and label in every row.") from error
    if not rows:
        raise DataError(f"{table} names no picture.")
    for path, label in rows:
        if not path.is_file():
            raise DataError(f"{table} names {path.name}, which is not in {path.parent}.")
        if not all("0" <= character <= "9" for character in label):
            raise DataError(f"{table} labels {path.name} as {label!r}, which is not made of digits.")
    return rows


def read_folder(recognizer: Recognizer, folder: Path, *, digits: int | None = None) -> list[Outcome]:
    """Read every labelled picture of `folder`; `digits` tells the recognizer how many each holds."""
    pictures = ((path.name, label, path.read_bytes()) for path, label in read_labels(folder))
    return list(_read(recognizer, pictures, digits))


def read_images(recognizer: Recognizer, examples: LabelledImages, *, digits: int | None = 1) -> list[Outcome]:
    """Read MNIST-like images as PNG files, dark ink on white, through everything a user's picture goes through."""
    pictures = (
        (f"{index}", str(label), cv2.imencode(".png", 255 - image)[1].tobytes())
        for index, (image, label) in enumerate(zip(examples.images, examples.labels, strict=True))
    )
    return list(_read(recognizer, pictures, digits))


def _read(recognizer: Recognizer, pictures: Iterator[tuple[str, str, bytes]], digits: int | None) -> Iterator[Outcome]:
    while batch := list(islice(pictures, BATCH)):
        readings = recognizer.read([Picture(data, digits) for _, _, data in batch])
        for (file, label, _), reading in zip(batch, readings, strict=True):
            yield _outcome(file, label, reading)


def _outcome(file: str, label: str, reading: Reading | ImageError) -> Outcome:
    if isinstance(reading, ImageError):
        return Outcome(file, label, "", 0.0, False, None, reading.code, np.zeros((8, 8), np.uint8))
    whole = np.asarray(cv2.imdecode(np.frombuffer(reading.image, np.uint8), cv2.IMREAD_GRAYSCALE), np.uint8)
    factor = 80 / max(whole.shape)
    size = max(1, round(whole.shape[1] * factor)), max(1, round(whole.shape[0] * factor))
    small = np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA), np.uint8)
    return Outcome(file, label, reading.text, reading.confidence, reading.accepted, reading.reason, None, small)


def wilson(successes: int, total: int) -> tuple[float, float]:
    """The 95 % confidence interval of a share (Wilson, 1927); (0, 1) when nothing was counted."""
    if not total:
        return 0.0, 1.0
    z, share = 1.959964, successes / total
    centre = (share + z * z / (2 * total)) / (1 + z * z / total)
    spread = z / (1 + z * z / total) * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return max(0.0, centre - spread), min(1.0, centre + spread)


def share(successes: int, total: int) -> dict[str, Any]:
    """A share with its counts and its Wilson interval, ready for JSON."""
    low, high = wilson(successes, total)
    value = successes / total if total else None
    return {"share": value, "of": total, "low": round(low, 5), "high": round(high, 5)}


def summarise(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The figures of one set, ready for JSON.

    `correct`: best guess right, refused or not. `accepted_correct`: right among those accepted. `digits_correct`:
    right digits at their place, in strings of the right length. `non_digits_refused`: of pictures without digits.
    """
    written = [one for one in outcomes if one.label]
    empty = [one for one in outcomes if not one.label]
    accepted = [one for one in written if one.accepted]
    pairs = [pair for one in written for pair in _aligned(one)]
    confidence = np.array([one.confidence for one in written], np.float64)
    figures: dict[str, Any] = {"pictures": len(outcomes)}
    if written:
        figures |= {
            "correct": share(sum(one.correct for one in written), len(written)),
            "accepted": share(len(accepted), len(written)),
            "accepted_correct": share(sum(one.correct for one in accepted), len(accepted)),
            "right_length": share(sum(len(one.text) == len(one.label) for one in written), len(written)),
            "digits_correct": share(sum(label == digit for label, digit in pairs), len(pairs)),
            "calibration_error": round(
                expected_calibration_error(confidence, np.array([one.correct for one in written])), 5
            ),
        }
    if empty:
        figures["non_digits_refused"] = share(sum(not one.accepted for one in empty), len(empty))
    figures["reasons"] = dict(Counter(one.reason or one.error or "accepted" for one in outcomes))
    return figures


def _aligned(outcome: Outcome) -> list[tuple[str, str]]:
    if len(outcome.text) != len(outcome.label):
        return []
    return list(zip(outcome.label, outcome.text, strict=True))


def confusion(outcomes: Sequence[Outcome]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Labels and digits read, int64 (N,) each, of all strings that have the right length."""
    pairs = [pair for one in outcomes for pair in _aligned(one)]
    labels, digits = zip(*pairs, strict=True) if pairs else ((), ())
    return np.array(labels, np.int64), np.array(digits, np.int64)
