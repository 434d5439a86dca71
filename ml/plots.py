"""Pictures of training and evaluation; Matplotlib is a training requirement, so nothing here runs in serving."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Values = NDArray[np.float64]


def _figure(width: float, height: float) -> tuple[Any, Any]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.add_subplot()


def plot_learning_curves(histories: Mapping[str, Sequence[Mapping[str, float]]], path: Path) -> None:
    """Loss and validation error of every epoch, one pair of lines for each named training, as PNG."""
    figure, loss = _figure(8, 4.5)
    error = loss.twinx()
    for name, history in histories.items():
        epochs = range(1, len(history) + 1)
        (line,) = loss.plot(epochs, [epoch["loss"] for epoch in history], "--", label=f"{name}: loss")
        wrong = [100 - 100 * epoch["validation_accuracy"] for epoch in history]
        error.plot(epochs, wrong, color=line.get_color(), label=f"{name}: validation error")
    loss.set(xlabel="epoch", ylabel="training loss (dashed)", yscale="log")
    error.set(ylabel="validation error, % (solid)")
    error.set_yscale("symlog", linthresh=0.01)  # there may be none
    loss.legend(loc="upper right", fontsize="small")
    figure.savefig(path, dpi=90)


def plot_confusion_matrix(labels: NDArray[np.int64], digits: NDArray[np.int64], path: Path, title: str) -> None:
    """How often each digit (rows) was read as each digit (columns), as PNG."""
    counts = np.zeros((10, 10), np.int64)
    np.add.at(counts, (labels, digits), 1)
    figure, axes = _figure(6, 6)
    axes.imshow(np.log1p(counts), cmap="Blues")
    for (row, column), count in np.ndenumerate(counts):
        if count:
            axes.text(column, row, str(count), ha="center", va="center", color="white" if row == column else "black")
    axes.set(xlabel="read as", ylabel="label", title=title, xticks=range(10), yticks=range(10))
    figure.savefig(path, dpi=90)


def plot_reliability(confidence: Values, correct: NDArray[np.bool_], path: Path, title: str) -> None:
    """Accuracy against confidence in ten bins, with the share of examples in each, as PNG."""
    figure, axes = _figure(5, 5)
    which = np.minimum((confidence * 10).astype(int), 9)
    bins = np.unique(which)
    axes.plot([0, 1], [0, 1], ":", color="grey", label="perfectly calibrated")
    axes.bar((bins + 0.5) / 10, [np.mean(which == one) for one in bins], 0.09, color="lightgrey", label="share")
    means = [(confidence[which == one].mean(), correct[which == one].mean()) for one in bins]
    axes.plot(*zip(*means, strict=True), "o-", label="accuracy")
    axes.set(xlabel="confidence", ylabel="accuracy", title=title, xlim=(0, 1), ylim=(0, 1.02))
    axes.legend()
    figure.savefig(path, dpi=80)


def plot_refusal(confidence: Values, correct: NDArray[np.bool_], path: Path, title: str) -> None:
    """Error among the pictures kept, as ever more of the least confident are refused, as PNG."""
    figure, axes = _figure(6, 4)
    wrong = ~correct[np.argsort(-confidence, kind="stable")]
    kept = np.arange(1, len(wrong) + 1)
    axes.plot(100 - 100 * kept / len(wrong), 100 * np.cumsum(wrong) / kept)
    axes.set(xlabel="refused, %", ylabel="wrong among the others, %", title=title, xlim=(-0.5, 20), ylim=(0, None))
    axes.grid(alpha=0.3)
    figure.savefig(path, dpi=80)


def draw_sheet(thumbnails: Sequence[NDArray[np.uint8]], captions: Sequence[str], path: Path) -> None:
    """Pictures of at most 80x80 pixels with a caption under each, in rows of ten, as PNG."""
    rows = -(-len(thumbnails) // 10)
    sheet = Image.new("L", (10 * 100, max(1, rows) * 110), 255)
    pen = ImageDraw.Draw(sheet)
    for place, (thumbnail, caption) in enumerate(zip(thumbnails, captions, strict=True)):
        left, top = place % 10 * 100, place // 10 * 110
        sheet.paste(Image.fromarray(thumbnail), (left + 10, top + 5))
        pen.text((left + 10, top + 88), caption, fill=0)
    sheet.quantize(32).save(path, optimize=True)
