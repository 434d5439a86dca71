"""What a training has reached, kept on disk so that a kill at any moment loses an epoch at most."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras


@dataclass(slots=True)
class Progress:
    """What a training has reached, on disk; `progress.json`, renamed into place last, names its epochs."""

    folder: Path
    about: dict[str, Any]
    history: list[dict[str, float]]

    @classmethod
    def load(cls, folder: Path, recipe: Mapping[str, Any], seed: int) -> "Progress":
        """The progress in `folder`; raises ValueError when another recipe or seed began there."""
        about = {"recipe": dict(recipe), "seed": seed}
        file = folder / "progress.json"
        if not file.exists():
            return cls(folder, about, [])
        saved = json.loads(file.read_text(encoding="utf-8"))
        if saved["about"] != about:
            raise ValueError(f"{folder} holds another training ({saved['about']}); choose another folder.")
        return cls(folder, about, saved["history"])

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
            _save_whole(average, self.best_path)
        draft = self.folder / "progress.json.new"
        draft.write_text(json.dumps({"about": self.about, "history": self.history}), encoding="utf-8")
        draft.replace(self.folder / "progress.json")
        for what in ("model", "average"):
            self.path(what, epoch - 1).unlink(missing_ok=True)


def _save_whole(model: keras.Model, path: Path) -> None:
    draft = path.with_name(f"draft-{path.name}")
    model.save(draft)
    draft.replace(path)
