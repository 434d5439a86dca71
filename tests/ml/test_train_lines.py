"""The line network's training, small: what it writes can be read with, and its loss is the one it says."""

import json
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from ml.ctc import BLANK, log_chances
from ml.networks import AnySizeNetwork
from ml.strips import HEIGHT
from ml.train_lines import ctc_loss, main
from tests.ml.sources import write_mnist, write_strokes


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a training of one round."""
    folder = tmp_path_factory.mktemp("lines")
    assert main([*_command(folder), "--work", str(folder / "work")]) == 0
    return folder


def _command(folder: Path) -> list[str]:
    return [*_files(folder), "--rounds", "1", "--size", "96", "--output", str(folder / "line.tflite")]


def _files(folder: Path) -> list[str]:
    files = {
        "--data": write_mnist(folder / "mnist.npz", training=240),
        "--strokes": write_strokes(folder / "digits.gz", "017"),
        "--letters": write_strokes(folder / "letters.gz", "WX"),
    }
    return [str(part) for pair in files.items() for part in pair]


def test_training_writes_a_network_that_reads_lines_of_any_length(trained: Path) -> None:
    card = json.loads((trained / "line.json").read_text())
    assert set(card["data"]) == {"mnist", "strokes", "letters"}
    assert set(card["metrics"]) == {"lines_right"}
    said = AnySizeNetwork.load("line", trained)(np.zeros((HEIGHT, 90, 1), np.float32))
    assert said.shape == (1, 45, BLANK + 1)


def test_training_on_goes_a_part_of_the_way_back(trained: Path, tmp_path: Path) -> None:
    first = trained / "work"
    second = tmp_path / "work"
    start_from = ["--start-from", str(first / "network.keras"), "--go-back", "0.25"]

    assert main([*_command(tmp_path), "--work", str(second), *start_from]) == 0

    start, went_on, gone_back = (
        keras.saving.load_model(folder / name, compile=False).get_weights()
        for folder, name in ((first, "network.keras"), (second, "round-001.keras"), (second, "network.keras"))
    )
    for old, new, mixed in zip(start, went_on, gone_back, strict=True):
        np.testing.assert_allclose(mixed, 0.25 * old + 0.75 * new, rtol=1e-4, atol=1e-6)
    assert json.loads((tmp_path / "line.json").read_text())["training"]["go_back"] == 0.25


def test_there_must_be_a_start_to_go_back_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*_files(tmp_path), "--go-back", "0.5", "--work", str(tmp_path / "work")]) == 2

    assert capsys.readouterr().err == "ml.train_lines: --go-back needs --start-from.\n"


def test_missing_letters_are_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DIGITS_LETTERS", raising=False)
    files = [write_mnist(tmp_path / "mnist.npz", training=240), write_strokes(tmp_path / "digits.gz", "017")]

    assert main(["--data", str(files[0]), "--strokes", str(files[1])]) == 2

    assert "missing" in capsys.readouterr().err


def test_loss_is_the_chance_that_reading_finds() -> None:
    logits = np.random.default_rng(0).normal(size=(2, 1, 12, BLANK + 1))
    powers = np.exp(logits[:, 0])
    chances = powers / powers.sum(axis=2, keepdims=True)

    losses = ctc_loss(tf.constant([[1, 1, 7], [4, -1, -1]], tf.int64), tf.constant(logits, tf.float32))

    expected = [-log_chances(chances[0], [(1, 1, 7)])[0], -log_chances(chances[1], [(4,)])[0]]
    np.testing.assert_allclose(losses, expected, rtol=1e-4)
