"""Model files for tests: the shipped one with its weights disturbed, by a little or beyond use."""

from pathlib import Path

import numpy as np

from ml.artifact import SHIPPED_MODEL, CardFields, load_model, save_artifact


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
