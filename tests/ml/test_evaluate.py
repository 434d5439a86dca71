import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from ml.artifact import SHIPPED_MODEL, read_card
from ml.evaluate import main
from tests.ml.sources import SHAPES, write_mnist


def draw(path: Path, *names: str) -> None:
    """Shapes side by side, black on white, as a canvas would hold them."""
    picture = np.full((140, 120 * len(names) + 20), 255, np.uint8)
    for place, name in enumerate(names):
        for stroke in SHAPES[name]:
            points = (np.array(stroke) / 10 + (20 + 120 * place, 20)).astype(np.int32)
            cv2.polylines(picture, [points], False, 0, 9, cv2.LINE_AA)
    cv2.imwrite(str(path), picture)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "drawn"
    (home / "img").mkdir(parents=True)
    draw(home / "img" / "one.png", "1")
    draw(home / "img" / "many.png", "0", "7", "1")
    Image.new("L", (60, 60), 255).save(home / "img" / "blank.png")
    (home / "img" / "broken.png").write_bytes((home / "img" / "one.png").read_bytes()[:60])
    (home / "labels.csv").write_text("file,label\none.png,1\nmany.png,071\nblank.png,\nbroken.png,1\n")
    return home


def test_report_and_card_are_written(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mnist, output, card = write_mnist(tmp_path / "mnist.npz", test=50), tmp_path / "report", tmp_path / "README.md"

    code = main([str(folder), "--data", str(mnist), "--output", str(output), "--card", str(card)])

    assert code == 0
    report = json.loads((output / "report.json").read_text())
    assert set(report["sets"]) == {"MNIST test, tensors", "MNIST test, PNG files", "drawn"}
    drawn = report["sets"]["drawn"]
    assert (drawn["correct"]["share"], drawn["correct"]["of"]) == (pytest.approx(2 / 3), 3)
    assert drawn["non_digits_refused"]["share"] == 1
    assert drawn["reasons"]["unreadable_image"] == 1
    for figures in report["sets"].values():
        for plot in figures.get("plots", {}).values():
            with Image.open(output / plot) as picture:
                assert picture.width > 100
            assert plot in (output / "report.md").read_text()
    assert read_card(SHIPPED_MODEL).sha256 in card.read_text()
    assert "| drawn | 4 | 66.67 %" in capsys.readouterr().out


def test_folder_without_labels_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main([str(tmp_path), "--no-mnist", "--output", str(tmp_path / "report")])

    assert code == 2
    assert "labels.csv cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize("names", [("a/set", "b/set"), ("a/set", "b/Set"), ("mnist",), ("MNIST test, tensors",)])
def test_two_sets_of_one_name_are_refused(
    names: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mnist, output = write_mnist(tmp_path / "mnist.npz"), tmp_path / "report"

    code = main([*(str(tmp_path / name) for name in names), "--data", str(mnist), "--output", str(output)])

    assert code == 2
    assert f"{names[-1]}: another set" in capsys.readouterr().err
    assert not output.exists()


def test_without_mnist_a_folder_may_have_its_name(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "report"

    assert main([str(folder.rename(tmp_path / "mnist")), "--no-mnist", "--output", str(output)]) == 0

    assert set(json.loads((output / "report.json").read_text())["sets"]) == {"mnist"}


def test_number_of_digits_is_checked(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--no-mnist", "--digits", "0"])

    assert "0 is less than 1" in capsys.readouterr().err


def test_missing_model_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["--no-mnist", "--model", str(tmp_path / "gone.keras"), "--output", str(tmp_path / "report")])

    assert code == 2
    assert "cannot be read" in capsys.readouterr().err
