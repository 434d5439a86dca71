"""`python -m ml.evaluate`: one report, Markdown, JSON and plots, on MNIST's test set and folders of pictures."""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ml.artifact import SHIPPED_MODEL, ArtifactError
from ml.data import DataError, LabelledImages, find_mnist, load_mnist_test
from ml.evaluation import Outcome, confusion, read_folder, read_images, share, summarise
from ml.inference import Recognizer
from ml.options import count
from ml.plots import draw_sheet, plot_confusion_matrix, plot_refusal, plot_reliability
from ml.preprocessing import PREPROCESSING_VERSION
from ml.reporting import write_model_card, write_report
from ml.scoring import Scorer

WORST = 40
MNIST = {"tensors": "MNIST test, tensors", "files": "MNIST test, PNG files", "plots": "mnist"}
"""What is named after MNIST's test set: its two sets in the report, and its plots."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Evaluate as the command line says; 0 when the report was written, 2 when data or model are wrong."""
    options = _parser().parse_args(arguments)
    try:
        report = run(options)
    except (DataError, ArtifactError) as error:
        print(f"ml.evaluate: {error}", file=sys.stderr)
        return 2
    print(write_report(report, options.output))
    if options.card:
        write_model_card(report, options.card)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ml.evaluate", description=__doc__)
    parser.add_argument("folders", type=Path, nargs="*", help="folders with img/ and labels.csv (file,label)")
    parser.add_argument("--data", type=Path, help="mnist.npz (default: DIGITS_MNIST, else Keras downloads it)")
    parser.add_argument("--no-mnist", action="store_true", help="the folders only")
    parser.add_argument("--digits", type=count, help="tell the recognizer how many digits each picture holds")
    parser.add_argument("--model", type=Path, default=SHIPPED_MODEL, help="the model to judge")
    parser.add_argument("--output", type=Path, default=Path("var/evaluation"), help="folder of the report")
    parser.add_argument("--card", type=Path, help="also fill the model card at this path")
    return parser


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Every figure of the report, ready for JSON; the plots are written on the way.

    Raises DataError for missing or wrong data and for two sets of one name, ArtifactError for a missing or damaged
    model.
    """
    _check_names(options.folders, () if options.no_mnist else MNIST.values())
    scorer = Scorer.load(options.model)
    recognizer = Recognizer.around(scorer)
    options.output.mkdir(parents=True, exist_ok=True)
    sets: dict[str, Any] = {}
    if not options.no_mnist:
        test = load_mnist_test(find_mnist(options.data))
        sets[MNIST["tensors"]] = {"correct": _score_tensors(scorer, test)}
        sets[MNIST["files"]] = _evaluate(MNIST["plots"], read_images(recognizer, test), options.output)
    for folder in options.folders:
        outcomes = read_folder(recognizer, folder, digits=options.digits)
        sets[folder.name] = _evaluate(folder.name, outcomes, options.output)
    card = recognizer.card
    return {
        "model": {name: getattr(card, name) for name in card.__slots__},
        "preprocessing_version": PREPROCESSING_VERSION,
        "digits": options.digits,
        "sets": sets,
    }


def _check_names(folders: Iterable[Path], others: Iterable[str]) -> None:
    """Raise DataError where a set, or its plots, would take another's place; some disks do not tell A from a."""
    taken = {name.casefold() for name in others}
    for folder in folders:
        if folder.name.casefold() in taken:
            raise DataError(f"{folder}: another set in this report has this name, {folder.name}.")
        taken.add(folder.name.casefold())


def _score_tensors(scorer: Scorer, test: LabelledImages) -> dict[str, Any]:
    judgement = scorer(test.images.astype(np.float32) / np.float32(255))
    right = judgement.digits == test.labels
    return share(int(right.sum()), len(right))


def _evaluate(name: str, outcomes: Sequence[Outcome], output: Path) -> dict[str, Any]:
    figures = summarise(outcomes)
    written = [one for one in outcomes if one.label]
    figures["plots"] = _plot(name, written, output) if written else {}
    worst = sorted((one for one in outcomes if _is_wrong(one)), key=lambda one: -one.confidence)[:WORST]
    if worst:
        figures["plots"]["worst errors"] = f"{name}-errors.png"
        captions = [f"{one.label or 'none'}>{one.text or '-'} {one.confidence:.2f}" for one in worst]
        draw_sheet([one.thumbnail for one in worst], captions, output / f"{name}-errors.png")
    figures["worst"] = [
        {"file": one.file, "label": one.label, "text": one.text, "confidence": round(one.confidence, 4)}
        for one in worst
    ]
    return figures


def _is_wrong(outcome: Outcome) -> bool:
    return not outcome.correct if outcome.label else outcome.accepted


def _plot(name: str, written: Sequence[Outcome], output: Path) -> dict[str, str]:
    confidence = np.array([one.confidence for one in written])
    correct = np.array([one.correct for one in written])
    plots = {title: f"{name}-{title.split()[0]}.png" for title in ("confusion matrix", "reliability", "refusal curve")}
    plot_confusion_matrix(*confusion(written), output / plots["confusion matrix"], name)
    plot_reliability(confidence, correct, output / plots["reliability"], name)
    plot_refusal(confidence, correct, output / plots["refusal curve"], name)
    return plots


if __name__ == "__main__":
    raise SystemExit(main())
