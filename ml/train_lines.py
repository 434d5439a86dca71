"""`python -m ml.train_lines`: train the network that reads a whole line; a killed training goes on where it was."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence

import keras
import numpy as np
import tensorflow as tf

from ml.ctc import BLANK
from ml.data import DataError, DataFiles, add_data_options
from ml.glyphs import load_sources
from ml.line_architecture import build_line_network
from ml.line_examples import LineBatch, LineExample, known, line_batches, make_line_example
from ml.rounds import add_round_options, save_network, train_by_rounds

BATCH_SIZE = 64
PASSES = 2
"""Through the examples of a round: to make them takes longer than to learn from them once."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Train and write the network and its card; 0 when done, 2 when the data are missing or wrong."""
    parser = argparse.ArgumentParser(prog="python -m ml.train_lines", description=__doc__)
    add_data_options(parser)
    add_round_options(parser, rounds=16, size=12_000, learning_rate=2e-3, name="line")
    options = parser.parse_args(arguments)
    try:
        card = run(options)
    except (DataError, ValueError, OSError) as error:
        print(f"ml.train_lines: {error}", file=sys.stderr)
        return 2
    print(f"{options.output}: {json.dumps(card['metrics'])}")
    return 0


def run(options: argparse.Namespace) -> dict[str, object]:
    """Train as the options say; returns the card.

    Raises DataError for missing or damaged data, ValueError when the work folder holds another training.
    """
    files = DataFiles.find(options.data, options.strokes, options.letters, needed=("strokes", "letters"))
    training, validation = load_sources(files)
    hashes = files.hashes()
    model = train_by_rounds(
        options,
        training,
        hashes,
        build=build_line_network,
        loss=ctc_loss,
        steps=PASSES * options.size // BATCH_SIZE,
        make=make_line_example,
        batches=_batches,
    )
    made = known([make_line_example(index, validation, options.seed + 1) for index in range(options.size // 4)])
    return save_network(model, options, measure_lines(model, made), hashes)


def _batches(examples: list[LineExample | None], seed: list[int]) -> Iterator[LineBatch]:
    return line_batches(known(examples), batch_size=BATCH_SIZE, passes=PASSES, seed=seed)


@keras.saving.register_keras_serializable("digits")  # type: ignore[untyped-decorator]  # Keras is untyped
def ctc_loss(digits: tf.Tensor, logits: tf.Tensor) -> tf.Tensor:
    """Minus the logarithm of the chance that a line says these digits, float32 (N,), summed over all ways to say it.

    `digits`: int64 (N, n), -1 after them. Graves et al., "Connectionist temporal classification" (2006).
    """
    digits, logits = tf.cast(digits, tf.int32), logits[:, 0]
    places = tf.where(digits >= 0)
    sparse = tf.SparseTensor(places, tf.gather_nd(digits, places), tf.shape(digits, tf.int64))
    lengths = tf.fill([tf.shape(logits)[0]], tf.shape(logits)[1])
    return tf.nn.ctc_loss(sparse, logits, None, lengths, logits_time_major=False, blank_index=BLANK)


def measure_lines(model: keras.Model, examples: Sequence[LineExample]) -> dict[str, float]:
    """The share of lines whose most probable way says just the right digits."""
    right = 0
    for one in examples:
        logits = model(one.strip[None, ..., None].astype(np.float32) / np.float32(255), training=False)
        best = np.asarray(logits)[0, 0].argmax(axis=1)
        said = best[np.flatnonzero(np.diff(best, prepend=BLANK) != 0)]
        right += np.array_equal(said[said != BLANK], one.digits)
    return {"lines_right": round(right / max(1, len(examples)), 4)}


if __name__ == "__main__":
    raise SystemExit(main())
