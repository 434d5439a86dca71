"""`python -m ml.train_ink`: train the network that tells ink from paper; a killed training goes on where it was."""

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from ml.artifact import file_sha256
from ml.compiling import compile_network
from ml.data import (
    DataError,
    find_mnist,
    find_strokes,
    load_mnist_training,
    load_writers,
)
from ml.glyphs import Sources
from ml.ink_architecture import build_ink_network
from ml.ink_examples import InkExamples, make_examples, make_rounds

BATCH_SIZE = 16
LEARNING_RATE = 3e-3
_WARM_UP = 200


def main(arguments: Sequence[str] | None = None) -> int:
    """Train and write the network and its card; 0 when done, 2 when the data are missing or wrong."""
    parser = argparse.ArgumentParser(prog="python -m ml.train_ink", description=__doc__)
    parser.add_argument("--data", type=Path, help="mnist.npz (default: DIGITS_MNIST, else Keras downloads it)")
    parser.add_argument("--strokes", type=Path, help="pen strokes of digits (default: DIGITS_STROKES)")
    parser.add_argument("--letters", type=Path, help="pen strokes of letters (default: DIGITS_LETTERS, else none)")
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
    mnist = find_mnist(options.data)
    files = {"mnist": mnist, "strokes": find_strokes(options.strokes, "DIGITS_STROKES")}
    files["letters"] = find_strokes(options.letters, "DIGITS_LETTERS")
    if files["strokes"] is None:
        raise DataError("The pen strokes are missing. Give --strokes, or DIGITS_STROKES.")
    characters = [load_writers(files[name]) for name in ("strokes", "letters")]
    training, validation = (
        Sources(images, *(writers[part] for writers in characters))
        for part, images in enumerate(load_mnist_training(mnist))
    )
    model = _train(options, training)
    metrics = measure_ink(model, make_examples(validation, seed=options.seed + 1, count=options.size // 4))
    hashes = {name: file_sha256(path) for name, path in files.items() if path is not None}
    return _save(model, options, metrics, hashes)


def _train(options: argparse.Namespace, sources: Sources) -> keras.Model:
    """AdamW with a cosine schedule; every round sees new pictures, so there is nothing to learn by heart."""
    about = _about(options)
    options.work.mkdir(parents=True, exist_ok=True)
    done = _done(options.work, about)
    keras.utils.set_random_seed(options.seed)
    model = keras.saving.load_model(_checkpoint(options.work, done)) if done else _start(about)
    rounds = make_rounds(sources, seed=options.seed, first=done, last=options.rounds, size=options.size)
    for number, examples in enumerate(rounds, done + 1):
        batches = InkBatches(examples, seed=[options.seed, number])
        model.fit(batches, shuffle=False, initial_epoch=number - 1, epochs=number, verbose=2)
        model.save(_checkpoint(options.work, number))
        draft = options.work / "progress.json.new"
        draft.write_text(json.dumps({"about": about, "done": number}), encoding="utf-8")
        draft.replace(options.work / "progress.json")
        _checkpoint(options.work, number - 1).unlink(missing_ok=True)
    return model


def _about(options: argparse.Namespace) -> dict[str, int]:
    """What makes one training another."""
    return {"rounds": options.rounds, "size": options.size, "seed": options.seed}


def _done(work: Path, about: dict[str, int]) -> int:
    """How many rounds were trained in this folder."""
    file = work / "progress.json"
    if not file.exists():
        return 0
    saved = json.loads(file.read_text(encoding="utf-8"))
    if saved["about"] != about:
        raise ValueError(f"{work} holds another training ({saved['about']}); choose another folder.")
    return int(saved["done"])


def _checkpoint(work: Path, number: int) -> Path:
    return work / f"round-{number:03d}.keras"


def _start(about: dict[str, int]) -> keras.Model:
    model = build_ink_network()
    steps = about["rounds"] * (about["size"] // BATCH_SIZE)
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
        "training": _about(options),
        "metrics": metrics,
    }
    options.output.parent.mkdir(parents=True, exist_ok=True)
    for path, content in (
        (options.output, network),
        (options.output.with_suffix(".json"), json.dumps(card, indent=2).encode() + b"\n"),
    ):
        draft = path.with_name(f".{path.name}.new")
        draft.write_bytes(content)
        draft.replace(path)
    return card


if __name__ == "__main__":
    raise SystemExit(main())
