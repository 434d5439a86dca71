"""The ink network's training, small: what it writes can be read with, and a stopped one goes on."""

import gc
import json
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ml.ink_examples import InkExamples
from ml.networks import AnySizeNetwork
from ml.train_ink import ink_batches, main
from tests.ml.sources import write_mnist, write_strokes


class Stopped(Exception):
    """Raised where the first training of these tests ends."""


@dataclass(frozen=True, slots=True)
class Training:
    """One that was stopped after both of its rounds, before it was measured.

    `command`: to go on with it. `batches`: what it was fitted to, as long as anything else holds them.
    """

    folder: Path
    command: list[str]
    batches: list[weakref.ref[Iterator[Any]]]


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Training]:
    folder = tmp_path_factory.mktemp("ink")
    training = Training(folder, [*_files(folder), "--rounds", "2", "--size", "32"], [])

    def remembered(examples: InkExamples, *, seed: list[int]) -> Iterator[Any]:
        batches = ink_batches(examples, seed=seed)
        training.batches.append(weakref.ref(batches))
        return batches

    def stop(*_: object) -> None:
        raise Stopped

    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DIGITS_LETTERS", raising=False)
        patch.delenv("DIGITS_STROKES", raising=False)
        with patch.context() as stopping:
            stopping.setattr("ml.train_ink.ink_batches", remembered)
            stopping.setattr("ml.train_ink.measure_ink", stop)
            with pytest.raises(Stopped):
                main(training.command)
        yield training


def _files(folder: Path) -> list[str]:
    files = {
        "--data": write_mnist(folder / "mnist.npz", training=240),
        "--strokes": write_strokes(folder / "digits.gz", "017"),
        "--work": folder / "work",
        "--output": folder / "ink.tflite",
    }
    return [str(part) for pair in files.items() for part in pair]


def test_training_writes_a_network_and_goes_on_where_it_was_stopped(
    stopped: Training, capsys: pytest.CaptureFixture[str]
) -> None:
    trained = json.loads((stopped.folder / "work" / "progress.json").read_text())
    assert trained["reached"] == 2

    assert main(stopped.command) == 0

    assert "round" not in capsys.readouterr().out
    card = json.loads((stopped.folder / "ink.json").read_text())
    assert set(card["data"]) == {"mnist", "strokes"}
    assert set(card["metrics"]) == {"precision", "recall", "f_measure"}
    ink = AnySizeNetwork.load("ink", stopped.folder)(np.zeros((96, 64, 2), np.float32))
    assert ink.shape == (96, 64, 1)


def test_examples_of_a_round_are_let_go(stopped: Training) -> None:
    gc.collect()
    assert [batches() for batches in stopped.batches] == [None, None]


def test_another_training_in_the_same_folder_is_refused(
    stopped: Training, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = write_strokes(tmp_path / "other.gz", "01")

    for another in (["--rounds", "1"], ["--seed", "1"], ["--strokes", str(other)]):
        assert main([*stopped.command, *another]) == 2
        assert "holds another training" in capsys.readouterr().err


def test_missing_strokes_are_one_sentence(stopped: Training, capsys: pytest.CaptureFixture[str]) -> None:
    command = stopped.command
    without = command[: command.index("--strokes")] + command[command.index("--work") :]

    assert main(without) == 2

    assert "The pen strokes are missing" in capsys.readouterr().err
