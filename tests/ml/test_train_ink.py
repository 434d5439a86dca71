"""The ink network's training, small: what it writes can be read with, and a stopped one goes on."""

import gc
import json
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ml.ink_examples import InkExamples
from ml.networks import AnySizeNetwork
from ml.train_ink import BATCH_SIZE, PASSES, ink_batches, main
from tests.ml.sources import write_mnist, write_strokes


class Stopped(Exception):
    """Raised where the first training of these tests ends."""


@dataclass(frozen=True, slots=True)
class Training:
    """One that was stopped after both of its rounds, before it was measured.

    `command`: to go on with it. `seen`: what it learned from, batch by batch, as long as anything holds them.
    """

    folder: Path
    command: list[str]
    seen: list[weakref.ref[NDArray[np.float32]]]


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Training]:
    folder = tmp_path_factory.mktemp("ink")
    training = Training(folder, [*_files(folder), "--rounds", "2", "--size", "32"], [])

    def remembered(examples: list[InkExamples], seed: list[int]) -> Iterator[tuple[NDArray[np.float32], ...]]:
        for batch in ink_batches(examples, seed):
            training.seen.append(weakref.ref(batch[0]))
            yield batch

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
    assert len(stopped.seen) == 2 * PASSES * 32 // BATCH_SIZE
    assert all(batch() is None for batch in stopped.seen)


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


def test_batches_hold_all_examples_turned_as_their_ink_is() -> None:
    seen = np.random.default_rng(0).integers(0, 256, (40, 32, 32, 2), np.uint8)
    examples = [InkExamples(one[None], one[None, ..., 0], one[None, ..., 1] > 127) for one in seen]

    made = list(ink_batches(examples, [0, 1]))

    assert len(made) == PASSES * 2
    for pictures, ink, weights in made:
        assert pictures.shape == (BATCH_SIZE, 32, 32, 2) and 0 <= pictures.min() < pictures.max() <= 1
        np.testing.assert_array_equal(ink[..., 0], pictures[..., 0])
        np.testing.assert_array_equal(weights, pictures[..., 1] > 0.5)
    sums = [[picture.sum() for pictures, *_ in made[place : place + 2] for picture in pictures] for place in (0, 2)]
    known = [one.sum() / 255 for one in seen]
    for once in sums:
        assert len(once) == 32
        assert all(np.isclose(known, one, atol=1e-2).sum() == 1 for one in once)
    assert sums[0] != sums[1]
