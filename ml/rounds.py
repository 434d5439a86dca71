"""Training by rounds, each with new examples, so that there is nothing to learn by heart; a kill loses a round."""

import argparse
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from ml.artifact import file_sha256
from ml.compiling import compile_network
from ml.files import replacing
from ml.glyphs import Sources
from ml.making import Make, make_rounds
from ml.options import add_go_back, check_go_back
from ml.progress import read_reached, write_reached
from ml.training import go_back

_WARM_UP = 300
_CLIPNORM = 5.0


def add_round_options(
    parser: argparse.ArgumentParser, *, rounds: int, size: int, learning_rate: float, name: str
) -> None:
    """What every training by rounds can be told; `name`: of the network."""
    parser.add_argument(
        "--start-from", type=Path, help="network.keras of a training, in its work folder, to go on from"
    )
    add_go_back(parser)
    parser.add_argument("--learning-rate", type=float, default=learning_rate)
    parser.add_argument("--rounds", type=int, default=rounds, help="each with examples of its own")
    parser.add_argument("--size", type=int, default=size, help="examples in a round, and a quarter to validate")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--work", type=Path, default=Path("var/training") / name, help="checkpoints; resumed from")
    parser.add_argument(
        "--output", type=Path, default=Path(f"var/training/{name}.tflite"), help="the network to write"
    )


def train_by_rounds(
    options: argparse.Namespace,
    sources: Sources,
    hashes: Mapping[str, str],
    *,
    build: Callable[[], keras.Model],
    loss: Any,
    steps: int,
    make: Make,
    batches: Callable[[list[Any], list[int]], Iterator[tuple[NDArray[Any], ...]]],
    report: Callable[[str], None] = print,
) -> keras.Model:
    """Train as `add_round_options` says, or go on from the last finished round in the work folder.

    AdamW with a cosine schedule. `steps`: in a round. `batches`: of a round's examples, by a seed: inputs, what the
    network should say to them, and maybe the weight of each point of that. The network is kept in the work folder,
    too, as a start for another training.

    Raises ValueError when the work folder holds another training, there is no start to go back to, Keras cannot open
    the start, or a round has not enough examples for one batch.
    """
    check_go_back(options)
    about = {**_settings(options), "data": dict(hashes)}
    options.work.mkdir(parents=True, exist_ok=True)
    done = int(read_reached(options.work, about) or 0)
    keras.utils.set_random_seed(options.seed)
    if done:
        model = keras.saving.load_model(_checkpoint(options.work, done))
    else:
        model = build() if options.start_from is None else keras.saving.load_model(options.start_from, compile=False)
        optimizer = keras.optimizers.AdamW(_schedule(options, steps), weight_decay=0.01, clipnorm=_CLIPNORM)
        model.compile(optimizer=optimizer, loss=loss, jit_compile=False)
    rounds = make_rounds(make, sources, seed=options.seed, first=done, last=options.rounds, size=options.size)
    for number, examples in enumerate(rounds, done + 1):
        # Not `fit`: in the end it waits for a thread of TensorFlow for half a minute, and keeps what it was given.
        losses = [float(model.train_on_batch(*batch)) for batch in batches(examples, [options.seed, number])]
        if not losses:
            raise ValueError(f"--size {options.size} does not fill a batch.")
        report(f"round {number} of {options.rounds}: loss {np.mean(losses):.4f}")
        model.save(_checkpoint(options.work, number))
        write_reached(options.work, about, number)
        _checkpoint(options.work, number - 1).unlink(missing_ok=True)
    if options.go_back:
        go_back(model, keras.saving.load_model(options.start_from, compile=False), options.go_back)
    model.save(options.work / "network.keras")
    return model


def _schedule(options: argparse.Namespace, steps: int) -> keras.optimizers.schedules.LearningRateSchedule:
    total = options.rounds * steps
    warm_up = min(_WARM_UP, total // 10)
    return keras.optimizers.schedules.CosineDecay(
        options.learning_rate / 30, total - warm_up, warmup_target=options.learning_rate, warmup_steps=warm_up
    )


def _settings(options: argparse.Namespace) -> dict[str, Any]:
    """With the data's hashes, what makes one training another."""
    start = None if options.start_from is None else file_sha256(options.start_from)
    return {
        "rounds": options.rounds,
        "size": options.size,
        "seed": options.seed,
        "learning_rate": options.learning_rate,
        "start_from": start,
    }


def _checkpoint(work: Path, number: int) -> Path:
    return work / f"round-{number:03d}.keras"


def save_network(
    model: keras.Model, options: argparse.Namespace, metrics: Mapping[str, float], hashes: Mapping[str, str]
) -> dict[str, object]:
    """Write the compiled network to `options.output` and its card beside it; returns the card."""
    network = compile_network(model)
    card: dict[str, object] = {
        "sha256": hashlib.sha256(network).hexdigest(),
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "data": dict(hashes),
        "training": {**_settings(options), "go_back": options.go_back},
        "metrics": dict(metrics),
    }
    options.output.parent.mkdir(parents=True, exist_ok=True)
    for path, content in (
        (options.output, network),
        (options.output.with_suffix(".json"), json.dumps(card, indent=2).encode() + b"\n"),
    ):
        with replacing(path) as draft:
            draft.write_bytes(content)
    return card
