from pathlib import Path

import pytest

from ml.compose import main
from ml.evaluation import read_labels
from tests.ml.sources import write_mnist, write_strokes


def test_sets_can_be_evaluated(tmp_path: Path) -> None:
    files = {
        "--data": write_mnist(tmp_path / "mnist.npz", training=120),
        "--strokes": write_strokes(tmp_path / "digits.gz", "017"),
        "--letters": write_strokes(tmp_path / "letters.gz", "WX"),
        "--output": tmp_path / "sets",
    }

    assert main(["--count", "6", *(str(part) for pair in files.items() for part in pair)]) == 0

    labels = {folder.name: [label for _, label in read_labels(folder)] for folder in (tmp_path / "sets").iterdir()}
    assert all(len(found) == 6 for name, found in labels.items() if name not in ("crowded", "ledgers"))
    single = (
        labels[name] for name in ("strokes", "photos", "scans", "mnist-photographed", "crops", "crops-worn", "bilevel")
    )
    assert all(len(label) == 1 for found in single for label in found)
    assert all(len(label) >= 2 for label in labels["numbers"] + labels["amounts"] + labels["amounts-photographed"])
    assert all(len(label) == 10 for label in labels["rows-of-ten"])
    assert all(2 <= len(label) <= 8 for label in labels["composed"])
    assert all({len(label) == 1 for label in labels[name]} == {True, False} for name in ("sheets", "desks"))
    assert labels["crowded"]
    assert all(labels["crowded"] + labels["ledgers"])
    assert labels["letters"] == labels["scribbles"] == [""] * 6


def test_missing_strokes_are_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DIGITS_STROKES", raising=False)

    assert main(["--output", str(tmp_path)]) == 2
    assert "pen strokes are missing" in capsys.readouterr().err
