"""`python -m ml.train`: train a network, from one random start or more (--seeds), and save the best by validation."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ml.architectures import ARCHITECTURES
from ml.artifact import ArtifactError, CardFields, ModelCard, load_model, save_artifact
from ml.augmentation import Distortion
from ml.calibration import choose_thresholds, expected_calibration_error, fit_temperature, judge
from ml.data import NOT_A_DIGIT, DataError, DataFiles, LabelledImages, add_data_options, join, load_mnist_test
from ml.examples import PICTURES, Examples, gather
from ml.network_accuracy import accuracies, accuracy, score
from ml.options import add_go_back, check_go_back
from ml.plots import plot_confusion_matrix, plot_learning_curves
from ml.preprocessing import PREPROCESSING_VERSION
from ml.training import Recipe, TrainedNetwork, go_back, train

RECIPES = {
    "simple": Recipe(
        "simple",
        epochs=15,
        learning_rate=1e-3,
        distortion=Distortion(rotation=8, shear=0.1, scale=0.08, shift=1, elastic=0.8, thickness=0.15, coarseness=0),
    ),
    "compact": Recipe("compact", epochs=20, gentle_epochs=3),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Train as the command line says; 0 when a model was saved, 2 when data or start are missing or wrong."""
    options = _parser().parse_args(arguments)
    try:
        card = run(options)
    except (DataError, ArtifactError, ValueError) as error:
        print(f"ml.train: {error}", file=sys.stderr)
        return 2
    print(f"{options.output}: {card.version}")
    for name, value in card.metrics.items():
        print(f"  {name}: {value}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ml.train", description=__doc__)
    parser.add_argument("--architecture", choices=sorted(ARCHITECTURES), default="compact")
    add_data_options(parser)
    parser.add_argument("--pictures", choices=sorted(PICTURES), help="which to make (compact: all, simple: none)")
    parser.add_argument("--start-from", type=Path, help="a model whose weights to start from")
    add_go_back(parser)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0], help="one training for each")
    parser.add_argument("--epochs", type=int, help="instead of the recipe's")
    parser.add_argument("--learning-rate", type=float, help="instead of the recipe's")
    parser.add_argument("--limit", type=int, help="train on this many examples only, for a quick trial")
    parser.add_argument("--work", type=Path, default=Path("var/training"), help="checkpoints; resumed from")
    parser.add_argument("--output", type=Path, help="the model to write (default: WORK/ARCHITECTURE.keras)")
    return parser


def run(options: argparse.Namespace) -> ModelCard:
    """Train every seed, choose by validation, open the test set once, save the artifact and its plots.

    Raises DataError for missing or damaged data, ArtifactError for a missing or damaged start, ValueError when the
    work folder holds another training or there is no start to go back to.
    """
    check_go_back(options)
    options.output = options.output or options.work / f"{options.architecture}.keras"
    options.pictures = options.pictures or ("none" if options.architecture == "simple" else "all")
    recipe = RECIPES[options.architecture]
    recipe = replace(
        recipe,
        epochs=options.epochs or recipe.epochs,
        learning_rate=options.learning_rate or recipe.learning_rate,
    )
    files = DataFiles.find(options.data, options.strokes, options.letters)
    examples = gather(
        files,
        pictures=options.pictures,
        outliers=ARCHITECTURES[recipe.architecture].outputs != "softmax10",
        cache=options.work / "pictures",
    )
    training = examples.training
    if options.limit:  # of all kinds: MNIST comes first
        training = training.take(np.random.default_rng(0).permutation(len(training))[: options.limit])
    networks = [
        train(
            recipe,
            seed=seed,
            training=training,
            validation=examples.validation,
            folder=options.work / f"{options.output.stem}-seed{seed}",
            made_from={**examples.hashes, "pictures": options.pictures},
            start_from=options.start_from,
        )
        for seed in options.seeds
    ]
    if options.go_back:
        networks = [_gone_back(network, options, examples.validation) for network in networks]
    best = max(networks, key=lambda network: network.validation_accuracy)
    fields = _describe(recipe, networks, best, examples, load_mnist_test(files.mnist))
    card = save_artifact(best.model, fields, options.output)
    _plot(networks, best, examples.validation, options.output)
    return card


def _gone_back(
    network: TrainedNetwork, options: argparse.Namespace, validation: Mapping[str, LabelledImages]
) -> TrainedNetwork:
    go_back(network.model, load_model(options.start_from)[0], options.go_back)
    return replace(network, validation_accuracy=float(np.mean(list(accuracies(network.model, validation).values()))))


def _describe(
    recipe: Recipe,
    networks: Sequence[TrainedNetwork],
    best: TrainedNetwork,
    examples: Examples,
    test: LabelledImages,
) -> CardFields:
    kind = ARCHITECTURES[recipe.architecture].outputs
    validation = join(list(examples.validation.values()))
    validation = validation.take(np.flatnonzero(validation.labels < NOT_A_DIGIT))
    outputs = score(best.model, validation.images)
    temperature = fit_temperature(outputs, validation.labels, kind)
    judgement = judge(outputs, kind, temperature)
    correct = judgement.digits == validation.labels
    test_accuracies = [accuracy(score(network.model, test.images), test.labels) for network in networks]
    metrics = {
        "seeds": [network.seed for network in networks],
        "chosen_seed": best.seed,
        "validation_accuracy": [round(network.validation_accuracy, 5) for network in networks],
        "mnist_test_accuracy": [round(value, 4) for value in test_accuracies],
        "mnist_test_accuracy_mean": round(float(np.mean(test_accuracies)), 5),
        "validation_calibration_error": round(expected_calibration_error(judgement.confidence, correct), 5),
    }
    return CardFields(
        architecture=recipe.architecture,
        outputs=kind,
        preprocessing_version=PREPROCESSING_VERSION,
        data=examples.hashes,
        metrics=metrics,
        temperature=temperature,
        thresholds=choose_thresholds(judgement, kind),
    )


def _plot(
    networks: Sequence[TrainedNetwork],
    best: TrainedNetwork,
    validation: Mapping[str, LabelledImages],
    output: Path,
) -> None:
    histories = {f"seed {network.seed}": network.history for network in networks}
    plot_learning_curves(histories, output.with_name(f"{output.stem}-curves.png"))
    for name, examples in validation.items():
        known = examples.labels < NOT_A_DIGIT
        digits = score(best.model, examples.images[known])[:, :10].argmax(axis=1)
        path = output.with_name(f"{output.stem}-confusion-{name}.png")
        plot_confusion_matrix(examples.labels[known], digits, path, f"validation: {name}")


if __name__ == "__main__":
    raise SystemExit(main())
