"""`python -m ml.train_ink`: train the network that tells ink from paper; a killed training goes on where it was."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence

import keras
import numpy as np
from numpy.typing import NDArray

from ml.data import DataError, DataFiles, add_data_options
from ml.glyphs import load_sources
from ml.ink_architecture import build_ink_network
from ml.ink_examples import InkExamples, join, make_example, make_examples
from ml.rounds import add_round_options, save_network, train_by_rounds

BATCH_SIZE = 16
PASSES = 2
"""Through the examples of a round: making them takes the cores half of the time that learning from them does."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Train and write the network and its card; 0 when done, 2 when the data are missing or wrong."""
    parser = argparse.ArgumentParser(prog="python -m ml.train_ink", description=__doc__)
    add_data_options(parser)
    add_round_options(parser, rounds=36, size=4_000, learning_rate=3e-3, name="ink")
    options = parser.parse_args(arguments)
    try:
        card = run(options)
    except (DataError, ValueError, OSError) as error:
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
    model = train_by_rounds(
        options,
        training,
        hashes,
        build=build_ink_network,
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        steps=PASSES * (options.size // BATCH_SIZE),
        make=make_example,
        batches=ink_batches,
    )
    metrics = measure_ink(model, make_examples(validation, seed=options.seed + 1, count=options.size // 4))
    return save_network(model, options, metrics, hashes)


def ink_batches(parts: list[InkExamples], seed: list[int]) -> Iterator[tuple[NDArray[np.float32], ...]]:
    """All examples PASSES times, in batches: float32 (B, h, w, 2), ink (B, h, w, 1), weights (B, h, w), in [0, 1].

    The weight is 0 outside of the picture. Each time in another order, mirrored and turned otherwise;
    all that follows from the seed.
    """
    examples = join(parts)
    rng, usable = np.random.default_rng(seed), len(examples) // BATCH_SIZE * BATCH_SIZE
    orders = [rng.permutation(len(examples))[:usable] for _ in range(PASSES)]
    for chosen in np.reshape(orders, (-1, BATCH_SIZE)):
        turns, mirrored = int(rng.integers(4)), bool(rng.random() < 0.5)
        upright = [examples.seen[chosen], examples.ink[chosen], examples.inside[chosen]]
        seen, ink, inside = (np.rot90(part[:, ::-1] if mirrored else part, turns, (1, 2)) for part in upright)
        scale = np.float32(1 / 255)
        yield seen.astype(np.float32) * scale, ink[..., None].astype(np.float32) * scale, inside.astype(np.float32)


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


if __name__ == "__main__":
    raise SystemExit(main())
