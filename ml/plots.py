"""Pictures of training and evaluation; Matplotlib is a training requirement, so nothing here runs in serving."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


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
    error.set(ylabel="validation error, % (solid)", yscale="log")
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
