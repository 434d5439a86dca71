import json
from pathlib import Path

import pytest
from PIL import Image

from ml.artifact import load_model
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
    monkeypatch.setitem(__import__("ml.examples", fromlist=["PICTURES"]).PICTURES, "drawn", few)
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


def test_missing_data_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["--architecture", "simple", "--data", str(tmp_path / "gone.npz"), "--work", str(tmp_path)])

    assert code == 2
    assert capsys.readouterr().err.startswith("ml.train: There is no MNIST file at")


def test_there_must_be_a_start_to_go_back_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["--go-back", "0.5", "--work", str(tmp_path)])

    assert code == 2
    assert capsys.readouterr().err == "ml.train: --go-back needs --start-from.\n"
