"""`python -m ml.train_ink`: train the network that tells ink from paper; a killed training goes on where it was."""

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from ml.compiling import compile_network
from ml.data import DataError, DataFiles, add_data_options
from ml.files import replacing
from ml.glyphs import Sources, load_sources
from ml.ink_architecture import build_ink_network
from ml.ink_examples import InkExamples, make_examples, make_rounds
from ml.progress import read_reached, write_reached

BATCH_SIZE = 16
LEARNING_RATE = 3e-3
_WARM_UP = 200


def main(arguments: Sequence[str] | None = None) -> int:
    """Train and write the network and its card; 0 when done, 2 when the data are missing or wrong."""
    parser = argparse.ArgumentParser(prog="python -m ml.train_ink", description=__doc__)
    add_data_options(parser)
    parser.add_argument("--rounds", type=int, default=25, help="each with examples of its own")
    parser.add_argument("--size", type=int, default=4_000, help="examples in a round, and a quarter to validate")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--work", type=Path, default=Path("var/training/ink"), help="checkpoints; resumed from")
    parser.add_argument("--output", type=Path, default=Path("var/training/ink.tflite"), help="the network to write")
    options = parser.parse_args(arguments)
    try:
        card = run(options)
    except (DataError, ValueError) as error:
        print(f"ml.train_ink: {error}", file=sys.stderr)
        return 2
    print(f"{options.output}: {json.dumps(card['metrics'])}")
    return 0


def run(options: argparse.Namespace) -> dict[str, object]:
    """Train as the options say; returns the card.

    Raises DataError for missing or damaged data, ValueError when the work folder holds another training.
    """
    files = DataFiles.find(options.data, options.strokes, options.letters, needed=("strokes",))
    training, validation = load_sources(files)
    hashes = files.hashes()
    model = _train(options, training, hashes)
    metrics = measure_ink(model, make_examples(validation, seed=options.seed + 1, count=options.size // 4))
    return _save(model, options, metrics, hashes)


def _train(options: argparse.Namespace, sources: Sources, hashes: Mapping[str, str]) -> keras.Model:
    """AdamW with a cosine schedule; every round sees new pictures, so there is nothing to learn by heart."""
    about = {**_settings(options), "data": dict(hashes)}
    options.work.mkdir(parents=True, exist_ok=True)
    done = int(read_reached(options.work, about) or 0)
    keras.utils.set_random_seed(options.seed)
    model = keras.saving.load_model(_checkpoint(options.work, done)) if done else _start(options)
    rounds = make_rounds(sources, seed=options.seed, first=done, last=options.rounds, size=options.size)
    for number, examples in enumerate(rounds, done + 1):
        batches = InkBatches(examples, seed=[options.seed, number])
        model.fit(batches, shuffle=False, initial_epoch=number - 1, epochs=number, verbose=2)
        model.save(_checkpoint(options.work, number))
        write_reached(options.work, about, number)
        _checkpoint(options.work, number - 1).unlink(missing_ok=True)
    return model


def _settings(options: argparse.Namespace) -> dict[str, int]:
    """With the data's hashes, what makes one training another."""
    return {"rounds": options.rounds, "size": options.size, "seed": options.seed}


def _checkpoint(work: Path, number: int) -> Path:
    return work / f"round-{number:03d}.keras"


def _start(options: argparse.Namespace) -> keras.Model:
    model = build_ink_network()
    steps = options.rounds * (options.size // BATCH_SIZE)
    warm_up = min(_WARM_UP, steps // 10)
    schedule = keras.optimizers.schedules.CosineDecay(
        LEARNING_RATE / 30, steps - warm_up, warmup_target=LEARNING_RATE, warmup_steps=warm_up
    )
    optimizer = keras.optimizers.AdamW(schedule, weight_decay=0.01)
    model.compile(optimizer=optimizer, loss=keras.losses.BinaryCrossentropy(from_logits=True))
    return model


class InkBatches(keras.utils.PyDataset):  # type: ignore[misc]  # Keras is untyped
    """Batches in a random order, mirrored and turned: float32 (B, h, w, 2), ink (B, h, w, 1), weights (B, h, w)."""

    def __init__(self, examples: InkExamples, *, seed: list[int]) -> None:
        super().__init__()
        self._examples, self._seed = examples, seed
        self._order = np.random.default_rng(seed).permutation(len(examples))

    def __len__(self) -> int:
        return len(self._examples) // BATCH_SIZE

    def __getitem__(self, index: int) -> tuple[NDArray[np.float32], ...]:
        rng = np.random.default_rng([*self._seed, index])
        chosen = self._order[index * BATCH_SIZE : (index + 1) * BATCH_SIZE]
        turns, mirrored = int(rng.integers(4)), bool(rng.random() < 0.5)
        parts = [self._examples.seen[chosen], self._examples.ink[chosen], self._examples.inside[chosen]]
        seen, ink, inside = (np.rot90(part[:, ::-1] if mirrored else part, turns, (1, 2)) for part in parts)
        scale = np.float32(1 / 255)
        return seen.astype(np.float32) * scale, ink[..., None].astype(np.float32) * scale, inside.astype(np.float32)


def measure_ink(model: keras.Model, examples: InkExamples) -> dict[str, float]:
    """Precision, recall and their harmonic mean, by pixels, as competitions in binarisation measure it."""
    seen = examples.seen.astype(np.float32) / np.float32(255)
    found = model.predict(seen, batch_size=BATCH_SIZE, verbose=0)[..., 0] > 0
    true = examples.ink > 127
    hits = float((found & true & examples.inside).sum())
    precision = hits / max(1.0, float((found & examples.inside).sum()))
    recall = hits / max(1.0, float(true.sum()))
    f_measure = 2 * precision * recall / max(1e-9, precision + recall)
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f_measure": round(f_measure, 4)}


def _save(
    model: keras.Model, options: argparse.Namespace, metrics: dict[str, float], hashes: dict[str, str]
) -> dict[str, object]:
    network = compile_network(model)
    card: dict[str, object] = {
        "sha256": hashlib.sha256(network).hexdigest(),
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "data": hashes,
        "training": _settings(options),
        "metrics": metrics,
    }
    options.output.parent.mkdir(parents=True, exist_ok=True)
    for path, content in (
        (options.output, network),
        (options.output.with_suffix(".json"), json.dumps(card, indent=2).encode() + b"\n"),
    ):
        with replacing(path) as draft:
            draft.write_bytes(content)
    return card


if __name__ == "__main__":
    raise SystemExit(main())
