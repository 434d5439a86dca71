from pathlib import Path

import pytest

from ml.data import NOT_A_DIGIT, DataFiles
from ml.examples import Examples, gather
from tests.ml.sources import write_mnist, write_strokes


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ml.examples.PICTURES", {"all": {"amount": 6, "letter": 6}})


def _gather(folder: Path, strokes: Path | None) -> Examples:
    mnist = write_mnist(folder / "mnist.npz", training=120)
    return gather(DataFiles(mnist, strokes, None), pictures="all", outliers=True, cache=folder / "cache")


def test_amounts_are_made_without_letters(tmp_path: Path) -> None:
    found = _gather(tmp_path, write_strokes(tmp_path / "digits.gz", "017"))

    assert set(found.validation) == {"mnist", "drawn"}
    assert (found.training.labels == NOT_A_DIGIT).any()


def test_without_strokes_there_are_no_amounts(tmp_path: Path) -> None:
    assert set(_gather(tmp_path, None).validation) == {"mnist"}
