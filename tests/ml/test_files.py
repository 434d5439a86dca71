from pathlib import Path

import pytest

from ml.files import replacing


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "numbers.npz"
    path.write_text("old")

    with replacing(path) as draft:
        draft.write_text("new")
        assert draft.suffix == ".npz"
        assert path.read_text() == "old"

    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_could_not_be_written_stays_what_it_was(tmp_path: Path) -> None:
    path = tmp_path / "numbers.npz"
    path.write_text("old")

    with pytest.raises(OSError, match="disk"), replacing(path) as draft:
        draft.write_text("ha")
        raise OSError("disk full")

    assert path.read_text() == "old"
