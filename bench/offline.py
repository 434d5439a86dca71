"""What runs without the service: training, and reading many files at a terminal.

`python -m bench.offline` measures the training, in a process of its own.
"""

import argparse
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.pictures import seven

FILES = 10_000
EXAMPLES = 12_800
EPOCH = 60_000


def measure(clone: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Training steps and their input alone; then `python -m ml.predict` on a folder."""
    python = str(clone / ".venv" / "bin" / "python")
    env = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    training = subprocess.run(
        [python, "-m", "bench.offline"], cwd=clone, env=env, check=True, stdout=subprocess.PIPE, text=True
    )
    return {"training": json.loads(training.stdout.splitlines()[-1]), "predict": predict(python, clone, env)}


def predict(python: str, clone: Path, env: dict[str, str]) -> dict[str, float]:
    """Files a second of `python -m ml.predict`, its start included."""
    with tempfile.TemporaryDirectory() as folder:
        for number in range(FILES):
            (Path(folder) / f"{number}.png").write_bytes(seven())
        began = time.monotonic()
        command = [python, "-m", "ml.predict", "--json", folder]
        lines = subprocess.run(command, cwd=clone, env=env, check=True, stdout=subprocess.PIPE).stdout.splitlines()
        seconds = time.monotonic() - began
    if len(lines) != FILES:
        raise SystemExit(f"ml.predict read {len(lines)} of {FILES} files.")
    return {"files": FILES, "seconds": seconds}


def training() -> dict[str, float]:
    """Images a second of the shipped architecture's training, and of the input pipeline with nothing behind it."""
    import keras
    import numpy as np

    from ml.batches import DistortedBatches
    from ml.data import LabelledImages
    from ml.training import Recipe, train

    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (EXAMPLES, 28, 28), np.uint8)
    examples = LabelledImages(images, rng.integers(0, 10, EXAMPLES))
    recipe = Recipe("compact", epochs=1)
    batches = DistortedBatches(examples, batch_size=recipe.batch_size, seed=0, amount=recipe.distortion)
    began = time.perf_counter()
    for index in range(len(batches)):
        batches[index]
    alone = EXAMPLES / (time.perf_counter() - began)

    class Clock(keras.callbacks.Callback):  # type: ignore[misc]  # Keras is untyped
        """When each batch ended."""

        ends: list[float] = []

        def on_train_batch_end(self, batch: int, logs: object = None) -> None:
            self.ends.append(time.perf_counter())

    few = examples.take(np.arange(256))
    with tempfile.TemporaryDirectory() as folder:
        train(recipe, seed=0, training=examples, validation={"few": few}, folder=Path(folder), callbacks=[Clock()])
    first = len(Clock.ends) // 5  # the graph is built and warm by then
    trained = (len(Clock.ends) - 1 - first) * recipe.batch_size / (Clock.ends[-1] - Clock.ends[first])
    return {"images_per_second": trained, "input_alone_per_second": alone, "epoch_seconds": EPOCH / trained}


if __name__ == "__main__":
    print(json.dumps(training()))
