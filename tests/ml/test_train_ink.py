"""The ink network's training, small: what it writes can be read with, and a stopped one goes on."""

import gc
import json
import weakref
from pathlib import Path

import numpy as np
import pytest

from ml.ink_examples import InkExamples
from ml.networks import AnySizeNetwork
from ml.train_ink import InkBatches, main
from tests.ml.sources import write_mnist, write_strokes


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.delenv("DIGITS_LETTERS", raising=False)
    monkeypatch.delenv("DIGITS_STROKES", raising=False)
    files = {
        "--data": write_mnist(tmp_path / "mnist.npz", training=240),
        "--strokes": write_strokes(tmp_path / "digits.gz", "017"),
        "--work": tmp_path / "work",
        "--output": tmp_path / "ink.tflite",
    }
    return [str(part) for pair in files.items() for part in pair]


def test_training_writes_a_network_and_goes_on_where_it_was_stopped(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Stopped(Exception):
        pass

    def stop(*_: object) -> None:
        raise Stopped

    with monkeypatch.context() as stopping:
        stopping.setattr("ml.train_ink.measure_ink", stop)
        with pytest.raises(Stopped):
            main([*command, "--rounds", "2", "--size", "32"])
    trained = json.loads((tmp_path / "work" / "progress.json").read_text())
    assert trained["reached"] == 2

    assert main([*command, "--rounds", "2", "--size", "32"]) == 0

    assert "Epoch 3" not in capsys.readouterr().out
    card = json.loads((tmp_path / "ink.json").read_text())
    assert set(card["data"]) == {"mnist", "strokes"}
    assert set(card["metrics"]) == {"precision", "recall", "f_measure"}
    ink = AnySizeNetwork.load("ink", tmp_path)(np.zeros((96, 64, 2), np.float32))
    assert ink.shape == (96, 64, 1)


def test_examples_of_a_round_are_let_go(command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[weakref.ref[InkBatches]] = []

    def remembered(examples: InkExamples, *, seed: list[int]) -> InkBatches:
        batches = InkBatches(examples, seed=seed)
        made.append(weakref.ref(batches))
        return batches

    monkeypatch.setattr("ml.train_ink.InkBatches", remembered)
    assert main([*command, "--rounds", "3", "--size", "32"]) == 0

    gc.collect()
    # The first is held by the function that TensorFlow traced with it.
    assert [batches() for batches in made[1:]] == [None] * 2


def test_another_training_in_the_same_folder_is_refused(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    short = ["--rounds", "1", "--size", "32"]
    assert main([*command, *short]) == 0
    other = write_strokes(tmp_path / "other.gz", "01")

    for another in (["--rounds", "2", "--size", "32"], [*short, "--seed", "1"], [*short, "--strokes", str(other)]):
        assert main([*command, *another]) == 2
        assert "holds another training" in capsys.readouterr().err


def test_missing_strokes_are_one_sentence(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    without = command[: command.index("--strokes")] + command[command.index("--work") :]

    assert main(without) == 2

    assert "The pen strokes are missing" in capsys.readouterr().err
