import json
from pathlib import Path

import pytest
from PIL import Image

from ml.artifact import load_model
from ml.examples import PICTURES
from ml.plots import plot_learning_curves
from ml.train import main
from tests.ml.sources import write_mnist, write_strokes


def test_command_writes_model_card_and_plots(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DIGITS_STROKES", raising=False)
    monkeypatch.delenv("DIGITS_LETTERS", raising=False)
    mnist = write_mnist(tmp_path / "mnist.npz", training=600)

    command = ["--architecture", "simple", "--data", str(mnist), "--epochs", "1", "--seeds", "0", "1"]
    code = main([*command, "--work", str(tmp_path / "work"), "--output", str(tmp_path / "new.keras")])

    assert code == 0
    model, card = load_model(tmp_path / "new.keras")
    assert model.count_params() == 693_962
    assert card.metrics["seeds"] == [0, 1]
    assert len(card.metrics["mnist_test_accuracy"]) == 2
    assert set(card.data) == {"mnist"}
    assert 0 < card.thresholds["confidence"] < 1
    for plot in ("new-curves.png", "new-confusion-mnist.png"):
        with Image.open(tmp_path / plot) as picture:
            assert picture.width > 300
    assert card.version in capsys.readouterr().out


def test_compact_network_learns_from_pictures_of_strokes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few = {"digit": 20, "row-photo": 10, "letter": 20, "junk": 10}
    monkeypatch.setitem(PICTURES, "drawn", few)
    files = {
        "--data": write_mnist(tmp_path / "mnist.npz", training=360),
        "--strokes": write_strokes(tmp_path / "digits.gz", "017"),
        "--letters": write_strokes(tmp_path / "letters.gz", "WX"),
        "--work": tmp_path / "work",
        "--output": tmp_path / "new.keras",
    }

    options = [str(part) for pair in files.items() for part in pair]
    code = main(["--architecture", "compact", "--pictures", "drawn", "--epochs", "1", *options])

    assert code == 0
    _, card = load_model(tmp_path / "new.keras")
    assert (card.outputs, set(card.data)) == ("logits10+outlier+part", {"mnist", "strokes", "letters"})
    assert set(card.thresholds) == {"confidence", "outlier"}
    history = json.loads((tmp_path / "work" / "new-seed0" / "progress.json").read_text())["reached"]
    measured = {"validation_accuracy_mnist", "validation_accuracy_drawn", "validation_accuracy_photographed"}
    assert measured <= set(history[0])


def test_a_trial_is_not_taken_for_the_whole_training(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mnist = write_mnist(tmp_path / "mnist.npz", training=360)
    command = ["--architecture", "simple", "--data", str(mnist), "--epochs", "1", "--work", str(tmp_path / "work")]
    trial = tmp_path / "work" / "simple.keras"
    assert main([*command, "--limit", "200"]) == 0
    before = trial.read_bytes()

    code = main(command)

    assert (code, trial.read_bytes()) == (2, before)
    assert "holds another training" in capsys.readouterr().err


def test_fewer_examples_than_a_batch_are_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mnist = write_mnist(tmp_path / "mnist.npz", training=360)

    code = main(["--architecture", "simple", "--data", str(mnist), "--limit", "100", "--work", str(tmp_path)])

    assert code == 2
    assert "needs 128 examples at least; there are 100" in capsys.readouterr().err


def test_a_work_folder_of_other_data_or_pictures_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The same number of examples, by another choice.
    monkeypatch.setitem(PICTURES, "few", {})
    mnist, work = write_mnist(tmp_path / "mnist.npz", training=360), tmp_path / "work"
    command = ["--architecture", "simple", "--epochs", "1", "--work", str(work)]
    assert main([*command, "--data", str(mnist)]) == 0

    assert main([*command, "--data", str(mnist), "--pictures", "few"]) == 2
    assert main([*command, "--data", str(write_mnist(tmp_path / "other.npz", training=360, test=100))]) == 2
    assert main([*command, "--data", str(mnist)]) == 0


def test_missing_start_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mnist = write_mnist(tmp_path / "mnist.npz", training=360)
    command = ["--architecture", "simple", "--data", str(mnist), "--work", str(tmp_path / "work")]

    code = main([*command, "--start-from", str(tmp_path / "gone.keras")])

    assert code == 2
    assert "gone.json cannot be read" in capsys.readouterr().err


def test_missing_data_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["--architecture", "simple", "--data", str(tmp_path / "gone.npz"), "--work", str(tmp_path)])

    assert code == 2
    assert capsys.readouterr().err.startswith("ml.train: There is no MNIST file at")


def test_there_must_be_a_start_to_go_back_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["--go-back", "0.5", "--work", str(tmp_path)])

    assert code == 2
    assert capsys.readouterr().err == "ml.train: --go-back needs --start-from.\n"


def test_curve_without_any_error_is_drawn(tmp_path: Path) -> None:
    history = [{"loss": 0.5, "validation_accuracy": accuracy} for accuracy in (0.9, 1.0, 1.0)]

    plot_learning_curves({"seed 0": history}, tmp_path / "curves.png")

    with Image.open(tmp_path / "curves.png") as picture:
        assert picture.width > 300
