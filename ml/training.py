"""Training one network from one seed: chosen on validation data, resumable after a kill at any moment."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from ml.architectures import ARCHITECTURES, build
from ml.artifact import load_model
from ml.augmentation import Distortion
from ml.batches import DistortedBatches
from ml.calibration import IMPLAUSIBLE, judge
from ml.data import NOT_A_DIGIT, LabelledImages
from ml.files import replacing
from ml.network_accuracy import accuracies, score
from ml.progress import Progress

GENTLE = Distortion(rotation=5, shear=0.06, scale=0.05, shift=0.8, elastic=0.5, thickness=0.1, coarseness=0.08)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to train: AdamW with a cosine schedule after a short warm-up, and an average of the weights.

    After `clean_after` epochs, examples whose label looks wrong are left out. The last `gentle_epochs` bend examples
    only a little: what is learned in the end is handwriting as people write it (He et al., "Data augmentation
    revisited", 2019).
    """

    architecture: str
    epochs: int
    batch_size: int = 128
    learning_rate: float = 2e-3
    weight_decay: float = 0.02
    average_momentum: float = 0.998
    clean_after: int = 3
    distortion: Distortion = field(default_factory=Distortion)
    gentle_epochs: int = 0

    def distortion_in(self, epoch: int) -> Distortion:
        """How far examples are bent in this epoch, counted from 0."""
        return GENTLE if epoch >= self.epochs - self.gentle_epochs else self.distortion


@dataclass(frozen=True, slots=True)
class TrainedNetwork:
    """The network of the best epoch, and what every epoch measured: one mapping of name to value each.

    `validation_accuracy`: the network's own, the mean over the validation sets.
    """

    seed: int
    model: keras.Model
    history: list[dict[str, float]]
    validation_accuracy: float


def train(
    recipe: Recipe,
    *,
    seed: int,
    training: LabelledImages,
    validation: Mapping[str, LabelledImages],
    folder: Path,
    made_from: Mapping[str, str] | None = None,
    start_from: Path | None = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> TrainedNetwork:
    """Train from `seed`, or go on from the last finished epoch that `folder` holds.

    `validation` maps a name to images whose mean accuracy chooses the epoch. `made_from` says what the examples come
    from, as the files' hashes do. `start_from` names a network with the outputs of the recipe's architecture that is
    the start, instead of random weights. `callbacks` are told of every batch.

    Raises ValueError when there is no batch of examples, or another training began in `folder`: of another recipe,
    seed or start, of another number of examples, or of examples from elsewhere; ArtifactError when the start is
    missing or damaged.
    """
    if len(training) < recipe.batch_size:
        raise ValueError(f"Training needs {recipe.batch_size} examples at least; there are {len(training)}.")
    folder.mkdir(parents=True, exist_ok=True)
    progress = Progress.load(
        folder, recipe=asdict(recipe), seed=seed, examples=len(training), made_from=made_from, start_from=start_from
    )
    batches = DistortedBatches(training, batch_size=recipe.batch_size, seed=seed, amount=recipe.distortion_in(0))
    model, average = _start(recipe, seed, len(batches), start_from)
    if progress.history:
        _restore(model, average, progress)
    recorder = EpochRecorder(average, recipe.average_momentum, validation, progress)
    for epoch in range(len(progress.history), recipe.epochs):
        if epoch >= recipe.clean_after:
            batches.keep(_plausible(average, training, recipe, folder))
        batches.start_epoch(epoch, recipe.distortion_in(epoch))
        _seed_dropout(model, seed, epoch)
        model.fit(
            batches.stream(),
            shuffle=False,  # DistortedBatches shuffles by seed and epoch; Keras would by a state that a kill loses
            initial_epoch=epoch,
            epochs=epoch + 1,
            callbacks=[recorder, *callbacks],
            verbose=1 if sys.stdout.isatty() else 2,
        )
    best = keras.saving.load_model(progress.best_path, compile=False)
    return TrainedNetwork(
        seed, best, progress.history, max(epoch["validation_accuracy"] for epoch in progress.history)
    )


def _seed_dropout(model: keras.Model, seed: int, epoch: int) -> None:
    """Let dropout, too, follow from (seed, epoch) alone: Keras does not save where its generators are."""
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dropout):
            layer.seed_generator.state.assign([seed, epoch])


def _plausible(average: keras.Model, training: LabelledImages, recipe: Recipe, folder: Path) -> NDArray[np.int64]:
    """Indices of the examples whose label the half-trained network finds possible at all, int64.

    Pen strokes hold a few per cent of wrong labels; a network learns those last (Arpit et al., "A closer look at
    memorization in deep networks", 2017). Decided once, and kept in `folder` for a resumed training.
    """
    file = folder / "kept.npy"
    if file.exists():
        return np.asarray(np.load(file), np.int64)
    judgement = judge(score(average, training.images), ARCHITECTURES[recipe.architecture].outputs, 1.0)
    digits = training.labels < NOT_A_DIGIT
    probability = np.ones(len(training))
    probability[digits] = judgement.probabilities[np.flatnonzero(digits), training.labels[digits]]
    kept = np.flatnonzero(probability > IMPLAUSIBLE)
    with replacing(file) as draft:
        np.save(draft, kept)
    return kept


def go_back(model: keras.Model, start: keras.Model, share: float) -> None:
    """Move the weights back towards those of `start`, of the same shape, by this share of the way, in [0, 1].

    What a short training has taught stays for the most part, and what it had begun to forget comes back (Wortsman et
    al., "Robust fine-tuning of zero-shot models", 2022).
    """
    weights = zip(start.get_weights(), model.get_weights(), strict=True)
    model.set_weights([share * old + (1 - share) * new for old, new in weights])


def _start(recipe: Recipe, seed: int, steps: int, start_from: Path | None) -> tuple[keras.Model, keras.Model]:
    keras.utils.set_random_seed(seed)
    # As it was saved, not built anew: an older model may have another shape under the same name.
    model = build(recipe.architecture) if start_from is None else load_model(start_from)[0]
    total = recipe.epochs * steps
    warm_up = min(steps, total // 10)
    schedule = keras.optimizers.schedules.CosineDecay(
        recipe.learning_rate / 20, total - warm_up, warmup_target=recipe.learning_rate, warmup_steps=warm_up
    )
    optimizer = keras.optimizers.AdamW(schedule, weight_decay=recipe.weight_decay)
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    from_logits = ARCHITECTURES[recipe.architecture].outputs != "softmax10"
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=from_logits)
    model.compile(optimizer=optimizer, loss=loss, metrics=["accuracy"])
    return model, _copy(model)


def _copy(model: keras.Model) -> keras.Model:
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    return copy


def _restore(model: keras.Model, average: keras.Model, progress: Progress) -> None:
    """Bring back all variables; the optimizer's, too, but into ours: a loaded one forgets what not to decay."""
    epoch = len(progress.history)
    saved = keras.saving.load_model(progress.path("model", epoch))
    model.set_weights(saved.get_weights())
    model.optimizer.build(model.trainable_variables)
    for variable, value in zip(model.optimizer.variables, saved.optimizer.variables, strict=True):
        variable.assign(value)
    average.set_weights(keras.saving.load_model(progress.path("average", epoch), compile=False).get_weights())


class EpochRecorder(keras.callbacks.Callback):  # type: ignore[misc]  # Keras is untyped
    """Averages the weights after every batch; measures and records the average after every epoch."""

    def __init__(
        self,
        average: keras.Model,
        momentum: float,
        validation: Mapping[str, LabelledImages],
        progress: Progress,
    ) -> None:
        super().__init__()
        self._average, self._momentum = average, momentum
        self._validation, self._progress = validation, progress
        # One graph for all weights: as many small calls cost a tenth of the training's time.
        self._move = tf.function(self._move_average)

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Move the average a little towards the weights of now; faster in the first steps."""
        step = int(self.model.optimizer.iterations)
        self._move(tf.constant(1.0 - min(self._momentum, (1 + step) / (10 + step)), tf.float32))

    def _move_average(self, towards: tf.Tensor) -> None:
        for mean, now in zip(self._average.weights, self.model.weights, strict=True):
            mean.assign(mean + towards * (now - mean))

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Measure the average on every validation set and write everything down."""
        measured = {name: float(value) for name, value in (logs or {}).items()}
        found = accuracies(self._average, self._validation)
        measured |= {f"validation_accuracy_{name}": value for name, value in found.items()}
        measured["validation_accuracy"] = float(np.mean(list(found.values())))
        self._progress.save(self.model, self._average, measured)
        print(f"epoch {epoch + 1}: " + ", ".join(f"{name} {value:.4f}" for name, value in found.items()))  # noqa: T201
