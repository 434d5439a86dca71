from pathlib import Path

import numpy as np
import pytest

from ml.data import NOT_A_DIGIT, DataFiles
from ml.examples import Examples, gather
from tests.ml.sources import write_mnist, write_strokes


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ml.examples.PICTURES", {"all": {"amount": 6, "letter": 6}})


def _gather(folder: Path, strokes: Path | None, *, series: int = 0) -> Examples:
    mnist = write_mnist(folder / "mnist.npz", training=120)
    files = DataFiles(mnist, strokes, None)
    return gather(files, pictures="all", outliers=True, cache=folder / "cache", series=series)


def test_amounts_are_made_without_letters(tmp_path: Path) -> None:
    found = _gather(tmp_path, write_strokes(tmp_path / "digits.gz", "017"))

    assert set(found.validation) == {"mnist", "drawn"}
    assert (found.training.labels == NOT_A_DIGIT).any()


def test_without_strokes_there_are_no_amounts(tmp_path: Path) -> None:
    assert set(_gather(tmp_path, None).validation) == {"mnist"}


def test_another_series_has_other_pictures_to_train_on_and_the_same_to_choose_by(tmp_path: Path) -> None:
    strokes = write_strokes(tmp_path / "digits.gz", "017")
    one, other = (_gather(tmp_path, strokes, series=series) for series in (0, 1))

    assert not np.array_equal(one.training.images[-20:], other.training.images[-20:])
    np.testing.assert_array_equal(one.validation["drawn"].images, other.validation["drawn"].images)
