"""Models for tests: the one that is live, and files of the shipped one disturbed, by a little or beyond use."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ml.artifact import SHIPPED_MODEL, CardFields, load_model, save_artifact
from recognizer import registry
from recognizer.models import ModelVersion
from recognizer.versions import Role

if TYPE_CHECKING:  # most tests that need a model need no TensorFlow
    import keras


def live() -> ModelVersion:
    """The version that answers."""
    version = registry.current(Role.LIVE)
    assert version is not None
    return version


def disturbed_model(folder: Path, *, noise: float, seed: int = 0) -> Path:
    """A sound model file: the shipped network, its weights moved by `noise` of their own spread."""
    model, card = load_model(SHIPPED_MODEL)
    rng = np.random.default_rng(seed)
    moved = [(w, w + noise * w.std() * rng.standard_normal(w.shape)) for w in model.get_weights()]
    # Batch normalisation's variances stay variances: below zero every output would be NaN.
    model.set_weights([np.abs(new) if (old >= 0).all() else new for old, new in moved])
    fields = {name: getattr(card, name) for name in CardFields.__slots__}
    path = folder / f"disturbed-{seed}-{noise}.keras"
    save_artifact(model, CardFields(**fields), path)
    return path


def diverged(model: "keras.Model") -> "keras.Model":
    """The network as a training that diverged leaves it: one of its weights is no number."""
    weights = model.get_weights()
    weights[-1].flat[0] = np.nan
    model.set_weights(weights)
    return model


def diverged_model(folder: Path) -> Path:
    """A file that is whole and has the right hash, of a network that answers NaN."""
    model, card = load_model(SHIPPED_MODEL)
    fields = {name: getattr(card, name) for name in CardFields.__slots__}
    path = folder / "diverged.keras"
    save_artifact(diverged(model), CardFields(**fields), path)
    return path
