"""Teaching a trained network what reviewers found: a short training from its own weights."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from ml.artifact import CardFields, ModelCard, load_model
from ml.augmentation import Distortion
from ml.calibration import Judgement, Thresholds, fit_temperature, judge
from ml.data import NOT_A_DIGIT, DataFiles, LabelledImages, join, load_mnist_training
from ml.examples import gather, scribbles
from ml.network_accuracy import score
from ml.preprocessing import PREPROCESSING_VERSION
from ml.training import Recipe, train

LEARNING_RATE = 1e-4
REVIEWED_SHARE = 0.25
MAX_REPEATS = 50
REPORT_EVERY = 10
LEARNED = "reviewed and learned"


@dataclass(frozen=True, slots=True)
class Material:
    """What is learned (`training`), what chooses the epoch and measures (`validation`), and what they come from.

    `hashes`: of the files. `pictures`: which were made, a key of `ml.examples.PICTURES`.
    """

    training: LabelledImages
    validation: Mapping[str, LabelledImages]
    hashes: Mapping[str, str]
    pictures: str


def gather_material(
    files: DataFiles,
    reviewed: LabelledImages,
    *,
    outliers: bool,
    limit: int,
    pictures: str,
    cache: Path,
) -> Material:
    """Mix old and new: MNIST, made pictures, reviewed digits and, for a network that can refuse, scribbles.

    Args:
        files: where the data lie.
        reviewed: what reviewers labelled. Little is repeated, at most MAX_REPEATS times, and distorted anew each
            time; of more than its share, some are chosen at random, always the same.
        outliers: whether the network can tell what is no digit.
        limit: so many examples make an epoch, at least 1: up to a quarter reviewed, a tenth scribbles, of the rest up
            to half made, and all else MNIST. There are fewer only where MNIST holds too few.
        pictures: which pictures to make, a key of `ml.examples.PICTURES`; they are kept in `cache`.

    Raises:
        DataError: a file is missing or damaged.
    """
    known = gather(files, pictures=pictures, outliers=outliers, cache=cache)
    rng = np.random.default_rng(0)
    usable = reviewed if outliers else reviewed.take(np.flatnonzero(reviewed.labels < NOT_A_DIGIT))
    share = int(REVIEWED_SHARE * limit)
    learned = _choose(usable, share, rng)
    parts = [learned] * min(MAX_REPEATS, share // max(1, len(learned)))
    if outliers:
        count = max(1, limit // 10)
        parts.append(_choose(scribbles(count, seed=0), count, rng))
    mnist, made = _split(known.training, len(load_mnist_training(files.mnist)[0]))
    rest = limit - sum(len(part) for part in parts)
    parts.append(_choose(made, rest // 2, rng))
    parts.append(_choose(mnist, rest - len(parts[-1]), rng))
    validation = dict(known.validation)
    if (learned.labels < NOT_A_DIGIT).any():
        validation[LEARNED] = learned
    return Material(join(parts), validation, known.hashes, pictures)


def _choose(examples: LabelledImages, most: int, rng: np.random.Generator) -> LabelledImages:
    """All of them, or so many at random, in their order."""
    return examples.take(np.sort(rng.permutation(len(examples))[:most]))


def _split(examples: LabelledImages, size: int) -> tuple[LabelledImages, LabelledImages]:
    """The first `size`, and the others."""
    places = np.arange(len(examples))
    return examples.take(places[:size]), examples.take(places[size:])


def fine_tune(
    start: Path, card: ModelCard, material: Material, *, epochs: int, folder: Path, report: Callable[[str], None]
) -> keras.Model:
    """Train the network at `start` further and return its best epoch; resumed from `folder` after a kill.

    In so short a training, pictures made coarse would unlearn more than they teach.

    Raises ValueError when another training began in `folder`.
    """
    sharp = Distortion(coarseness=0)
    recipe = Recipe(
        card.architecture, epochs=epochs, learning_rate=LEARNING_RATE, clean_after=epochs, distortion=sharp
    )
    return train(
        recipe,
        seed=0,
        training=material.training,
        validation=material.validation,
        folder=folder,
        made_from={**material.hashes, "pictures": material.pictures},
        start_from=start,
        callbacks=[BatchReporter(epochs, report)],
    ).model


def calibrate(start: Path, model: keras.Model, material: Material) -> tuple[float, dict[str, float]]:
    """The candidate's temperature and thresholds, from the validation digits that it did not learn from.

    It accepts as many of them as the network at `start` does, so that what each refuses can be compared.
    """
    old, card = load_model(start)
    known = join([examples for name, examples in material.validation.items() if name != LEARNED])
    digits = known.take(np.flatnonzero(known.labels < NOT_A_DIGIT))
    outputs = score(model, digits.images)
    temperature = fit_temperature(outputs, digits.labels, card.outputs)
    judgement = judge(outputs, card.outputs, temperature)
    before = judge(score(old, digits.images), card.outputs, card.temperature)
    return temperature, match_thresholds(judgement, before, card.thresholds)


def match_thresholds(judgement: Judgement, before: Judgement, thresholds: Mapping[str, float]) -> dict[str, float]:
    """Thresholds at which `judgement` passes as many of the same digits as `before` does at its `thresholds`."""
    matched, passing = {}, np.ones(len(judgement.outlier), np.bool_)
    if "outlier" in thresholds:
        count = int((before.outlier <= thresholds["outlier"]).sum())
        matched["outlier"] = float(np.sort(judgement.outlier)[max(0, count - 1)])
        passing = judgement.outlier <= matched["outlier"]
    confidence = np.sort(judgement.confidence[passing])[::-1]
    count = int(before.accepted(Thresholds(**thresholds)).sum())
    matched["confidence"] = float(confidence[min(max(1, count), len(confidence)) - 1])
    return matched


def describe(
    start: ModelCard,
    material: Material,
    reviewed_hash: str,
    calibration: tuple[float, dict[str, float]],
    metrics: Mapping[str, object],
) -> CardFields:
    """The candidate's card."""
    temperature, thresholds = calibration
    return CardFields(
        architecture=start.architecture,
        outputs=start.outputs,
        preprocessing_version=PREPROCESSING_VERSION,
        data={**material.hashes, "reviewed": reviewed_hash, "start": start.sha256},
        metrics=metrics,
        temperature=temperature,
        thresholds=thresholds,
    )


def digest(*parts: object) -> str:
    """Hexadecimal SHA-256 of these, by their JSON."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


class BatchReporter(keras.callbacks.Callback):  # type: ignore[misc]  # Keras is untyped
    """Says every few batches how far the training is."""

    def __init__(self, epochs: int, report: Callable[[str], None]) -> None:
        super().__init__()
        self._epochs, self._report, self._epoch = epochs, report, 0

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Remember which one it is."""
        self._epoch = epoch + 1

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Say it."""
        if (batch + 1) % REPORT_EVERY == 0:
            self._report(f"Epoch {self._epoch} of {self._epochs}, batch {batch + 1} of {self.params['steps']}.")
