"""What a training has reached, kept on disk so that a kill at any moment loses an epoch at most."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras

from ml.artifact import verify
from ml.files import replacing

_FILE = "progress.json"


@dataclass(slots=True)
class Progress:
    """What a training has reached, on disk; `progress.json`, renamed into place last, names its epochs."""

    folder: Path
    about: dict[str, Any]
    history: list[dict[str, float]]

    @classmethod
    def load(
        cls,
        folder: Path,
        *,
        recipe: Mapping[str, Any],
        seed: int,
        examples: int,
        made_from: Mapping[str, str] | None,
        start_from: Path | None,
    ) -> "Progress":
        """The progress in `folder` of the training that has all these; `examples`: how many it trains on.

        Raises ValueError when another training began there, ArtifactError when the start is missing or damaged.
        """
        about = {
            "recipe": dict(recipe),
            "seed": seed,
            "examples": examples,
            "made_from": dict(made_from or {}),
            "start": verify(start_from).sha256 if start_from else None,
        }
        return cls(folder, about, read_reached(folder, about) or [])

    @property
    def best_path(self) -> Path:
        """Where the network of the best epoch lies."""
        return self.folder / "best.keras"

    def path(self, what: str, epoch: int) -> Path:
        """Where "model" or "average" lies as it was after `epoch` epochs."""
        return self.folder / f"{what}-{epoch:04d}.keras"

    def save(self, model: keras.Model, average: keras.Model, measured: dict[str, float]) -> None:
        """Record one more epoch: networks first, then the file that declares them."""
        best = max((epoch["validation_accuracy"] for epoch in self.history), default=-1.0)
        self.history.append(measured)
        epoch = len(self.history)
        model.save(self.path("model", epoch))
        average.save(self.path("average", epoch))
        if measured["validation_accuracy"] > best:
            with replacing(self.best_path) as draft:
                average.save(draft)
        write_reached(self.folder, self.about, self.history)
        for what in ("model", "average"):
            self.path(what, epoch - 1).unlink(missing_ok=True)


def read_reached(folder: Path, about: Mapping[str, Any]) -> Any:
    """What the training in `folder` has reached, as `write_reached` left it; None when none of this form began there.

    Raises ValueError when the training there is about something else.
    """
    try:
        saved = json.loads((folder / _FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    if saved["about"] != about:
        raise ValueError(f"{folder} holds another training ({saved['about']}); choose another folder.")
    return saved.get("reached")


def write_reached(folder: Path, about: Mapping[str, Any], reached: Any) -> None:
    """Write down what the training in `folder` is about, and how far it is: values for JSON."""
    with replacing(folder / _FILE) as draft:
        draft.write_text(json.dumps({"about": about, "reached": reached}), encoding="utf-8")
