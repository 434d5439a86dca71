"""A model on disk: the `.keras` file and, beside it, a JSON card that says what it is and proves its bytes.

The file, a ZIP archive, also holds the network compiled for LiteRT: who only reads digits needs no TensorFlow.
Importing this module is cheap: Keras is loaded only to save or to load a model.
"""

import hashlib
import json
import math
import os
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras

SHIPPED_MODEL = Path(__file__).with_name("artifacts") / "best_model.keras"
OUTPUTS = {"softmax10": 10, "logits10+outlier+part": 12}
COMPILED = "network.tflite"
"""The archive's member with the compiled network; Keras looks only at its own members."""

# What `zipfile` raises for archives that are damaged, encrypted, or packed in a way that it does not know.
_ARCHIVE_ERRORS = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError)


class ArtifactError(Exception):
    """The model file or its card is missing, damaged, or the two do not belong together."""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What a model is, which data made it, and how its outputs are to be judged.

    `outputs` is "softmax10" (probabilities of the ten digits) or "logits10+outlier+part" (twelve raw scores, the
    last two for "no digit" and "a part of a digit, or several digits"). `temperature` divides the scores before
    softmax. `thresholds` holds "confidence" (least probability of the best digit) and, with an outlier output,
    "outlier" (largest probability of not being one whole digit) at which a digit is still accepted.
    """

    version: str
    architecture: str
    outputs: str
    preprocessing_version: str
    sha256: str
    data: Mapping[str, str]
    metrics: Mapping[str, Any]
    temperature: float
    thresholds: Mapping[str, float]
    created_at: str


@dataclass(frozen=True, slots=True)
class CardFields:
    """What whoever saves a model must say about it; the rest of the card follows from the file."""

    architecture: str
    outputs: str
    preprocessing_version: str
    data: Mapping[str, str]
    metrics: Mapping[str, Any]
    temperature: float
    thresholds: Mapping[str, float]


def file_sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def card_path(path: Path) -> Path:
    """Where the card of the model at `path` lies."""
    return path.with_suffix(".json")


def read_card(path: Path) -> ModelCard:
    """The card of the model at `path` (the `.keras` file), without looking at the model itself.

    Raises ArtifactError when the card is missing, is no JSON, or lacks or misstates a field.
    """
    file = card_path(path)
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
        card = ModelCard(**{field.name: values[field.name] for field in fields(ModelCard)})
    except OSError as error:
        raise ArtifactError(f"The model card {file} cannot be read: {error.strerror}.") from error
    except (ValueError, TypeError) as error:
        raise ArtifactError(f"The model card {file} is damaged: {error}.") from error
    except KeyError as error:
        raise ArtifactError(f"The model card {file} lacks the field {error}.") from error
    _check_values(card, file)
    return card


def _check_values(card: ModelCard, file: Path) -> None:
    if card.outputs not in OUTPUTS:
        raise ArtifactError(f"The model card {file} names unknown outputs {card.outputs!r}.")
    if not _is_positive(card.temperature):
        raise ArtifactError(f"The model card {file} holds a temperature that is no positive number.")
    names = set(card.thresholds) if isinstance(card.thresholds, dict) else set()
    if not {"confidence"} <= names <= {"confidence", "outlier"}:
        raise ArtifactError(f"The model card {file} needs a confidence threshold, and may have one for outliers.")


def _is_positive(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value) and value > 0


def verify(path: Path) -> ModelCard:
    """The card of the model at `path`, once the model file is proven to be the one the card describes.

    Raises ArtifactError when either is missing or damaged, or the hash differs.
    """
    card = read_card(path)
    try:
        actual = file_sha256(path)
    except OSError as error:
        raise ArtifactError(f"The model {path} cannot be read: {error.strerror}.") from error
    if actual != card.sha256:
        raise ArtifactError(f"The model {path} is not the one its card describes: its SHA-256 is {actual}.")
    return card


def load_model(path: Path) -> tuple["keras.Model", ModelCard]:
    """The verified model at `path` and its card; nothing in the file is executed (`safe_mode`).

    Raises ArtifactError as `verify` does, and when Keras cannot open the file.
    """
    import keras

    card = verify(path)
    try:
        model = keras.saving.load_model(path, compile=False, safe_mode=True)
    except (ValueError, TypeError, OSError, KeyError) as error:
        raise ArtifactError(f"Keras cannot open the model {path}: {error}") from error
    if model.output_shape[-1] != OUTPUTS[card.outputs]:
        raise ArtifactError(f"The model {path} has {model.output_shape[-1]} outputs, its card says {card.outputs}.")
    return model, card


def load_compiled(path: Path) -> tuple[bytes, ModelCard]:
    """The verified model's network, compiled (`ml.compiling`), and its card.

    A model saved without is compiled now, which loads TensorFlow and takes seconds. Raises ArtifactError as
    `load_model` does, and when it cannot be compiled.
    """
    card = verify(path)
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.read(COMPILED), card
    except KeyError:
        return _compiled(path), card
    except _ARCHIVE_ERRORS as error:
        raise ArtifactError(f"The model {path} cannot be opened: {error}") from error


def _compiled(path: Path) -> bytes:
    from ml.compiling import compile_network

    model, _ = load_model(path)
    try:
        return compile_network(model)
    except Exception as error:  # whatever TensorFlow's converter raises for a network that it cannot compile
        raise ArtifactError(f"The model {path} cannot be compiled: {error}") from error


def save_artifact(model: "keras.Model", card_fields: CardFields, path: Path) -> ModelCard:
    """Write the model and its card under temporary names, then rename: a reader never sees half a file."""
    from ml.compiling import compile_network

    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.stem}.{os.getpid()}.keras")
    model.save(draft)
    with zipfile.ZipFile(draft, "a") as archive:
        archive.writestr(COMPILED, compile_network(model))
    sha256, now = file_sha256(draft), datetime.now(UTC)
    card = ModelCard(
        version=f"{card_fields.architecture}-{now:%Y%m%d}-{sha256[:8]}",
        sha256=sha256,
        created_at=now.isoformat(timespec="seconds"),
        **asdict(card_fields),
    )
    draft_card = card_path(draft)
    draft_card.write_text(json.dumps(asdict(card), indent=2) + "\n", encoding="utf-8")
    draft.replace(path)
    draft_card.replace(card_path(path))
    return card
