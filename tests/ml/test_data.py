import gzip
from pathlib import Path

import numpy as np
import pytest

from ml.data import (
    DataError,
    DataFiles,
    find_mnist,
    load_mnist_test,
    load_mnist_training,
    load_pen_characters,
    split_writers,
)
from tests.ml.sources import printed_digits, write_mnist, write_strokes


def test_mnist_is_split_alike_every_time_and_loses_nothing(tmp_path: Path) -> None:
    path = write_mnist(tmp_path / "mnist.npz", training=240)

    first, again = load_mnist_training(path), load_mnist_training(path)

    assert [len(part) for part in first] == [220, 20]
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.images, other.images)
    together = np.concatenate([first[0].images, first[1].images]).sum(axis=(1, 2))
    assert sorted(together) == sorted(printed_digits(240, 1).images.sum(axis=(1, 2)))


def test_test_set_is_the_test_set(tmp_path: Path) -> None:
    test = load_mnist_test(write_mnist(tmp_path / "mnist.npz"))

    np.testing.assert_array_equal(test.images, printed_digits(200, 2).images)
    assert test.labels.dtype == np.int64


def test_mnist_is_found_by_path_then_by_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given, named = write_mnist(tmp_path / "a.npz"), write_mnist(tmp_path / "b.npz")
    monkeypatch.setenv("DIGITS_MNIST", str(named))

    assert find_mnist(given) == given
    assert find_mnist() == named


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no MNIST file at .*gone\.npz"):
        find_mnist(tmp_path / "gone.npz")
    with pytest.raises(DataError, match=r"no file of pen strokes at .*gone\.gz"):
        DataFiles.find(tmp_path / "mnist.npz", tmp_path / "gone.gz", None)


def test_strokes_are_optional_unless_they_are_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mnist, strokes = write_mnist(tmp_path / "mnist.npz"), write_strokes(tmp_path / "digits.gz", "017")
    for name in ("DIGITS_STROKES", "DIGITS_LETTERS"):
        monkeypatch.delenv(name, raising=False)

    assert set(DataFiles.find(mnist, None, None).hashes()) == {"mnist"}
    assert set(DataFiles.find(mnist, strokes, None, needed=("strokes",)).hashes()) == {"mnist", "strokes"}
    with pytest.raises(DataError, match=r"pen strokes are missing. Give --strokes, or DIGITS_STROKES"):
        DataFiles.find(mnist, None, None, needed=("strokes", "letters"))
    with pytest.raises(DataError, match=r"pen strokes of letters are missing. Give --letters, or DIGITS_LETTERS"):
        DataFiles.find(mnist, strokes, None, needed=("strokes", "letters"))


def test_file_that_is_no_mnist_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mnist.npz"
    path.write_bytes(b"not a zip file")
    with pytest.raises(DataError, match="is no mnist"):
        load_mnist_training(path)

    np.savez(path, x_train=np.zeros((4, 28, 28)), y_train=np.zeros(4))
    with pytest.raises(DataError, match="holds float64"):
        load_mnist_training(path)


def test_cut_off_mnist_is_refused(tmp_path: Path) -> None:
    path = write_mnist(tmp_path / "mnist.npz")
    path.write_bytes(path.read_bytes()[:5000])

    with pytest.raises(DataError, match="is no mnist"):
        load_mnist_test(path)


def test_no_writer_is_both_in_training_and_in_validation(tmp_path: Path) -> None:
    characters = load_pen_characters(write_strokes(tmp_path / "digits.jsonl.gz", "017"))

    training, validation = split_writers(characters)

    assert len(training) + len(validation) == 40
    assert {one.writer_group for one in training} == {"val"}
    assert {one.writer_group for one in validation} == {"ced"}
    assert training[0].strokes[0].dtype == np.float32


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"label": "1"}', "line 1: no label, writer_group and strokes"),
        ('{"label": "1", "writer_group": "a", "strokes": []}', "line 1: a character without strokes"),
        ('{"label": "1", "writer_group": "a", "strokes": [[[1, 2], [3]]]}', "line 1: no label"),
        ("nonsense", "line 1: no label"),
    ],
)
def test_bad_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "digits.jsonl.gz"
    path.write_bytes(gzip.compress(line.encode()))

    with pytest.raises(DataError, match=message):
        load_pen_characters(path)


def test_file_that_is_no_gzip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "digits.jsonl.gz"
    path.write_text("{}")

    with pytest.raises(DataError, match="no gzip file"):
        load_pen_characters(path)
