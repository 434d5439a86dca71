from pathlib import Path

import cv2
import numpy as np
import pytest

from ml.data import DataError
from ml.evaluation import Outcome, confusion, read_labels, summarise, wilson


def outcome(label: str, text: str, confidence: float = 0.9, *, accepted: bool = True) -> Outcome:
    reason = None if accepted else "ambiguous"
    return Outcome("a.png", label, text, confidence, accepted, reason, None, np.zeros((8, 8), np.uint8))


def write_folder(folder: Path, rows: str, *names: str) -> Path:
    (folder / "img").mkdir(parents=True)
    (folder / "labels.csv").write_text(rows, encoding="utf-8")
    for name in names:
        cv2.imwrite(str(folder / "img" / name), np.full((20, 20), 255, np.uint8))
    return folder


def test_wilson_interval_of_known_cases() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(10, 10) == pytest.approx((0.7225, 1.0), abs=1e-4)
    assert wilson(50, 100) == pytest.approx((0.4038, 0.5962), abs=1e-4)


def test_labels_are_read_with_their_pictures(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "set", "file,label\na.png,407\nb.png,\n", "a.png", "b.png")

    assert read_labels(folder) == [(folder / "img" / "a.png", "407"), (folder / "img" / "b.png", "")]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("name,label\na.png,1\n", "columns file and label"),
        ("file,label\na.png\n", "columns file and label"),
        ("label,file\n1\n", "columns file and label"),
        ("file,label\n", "names no picture"),
        ("file,label\n" + "9" * 200_000 + ",1\n", "is no table"),
        ("file,label\nb.png,1\n", "names b.png, which is not in"),
        ("file,label\na.png,x\n", "labels a.png as 'x'"),
    ],
)
def test_wrong_table_is_refused(tmp_path: Path, rows: str, message: str) -> None:
    folder = write_folder(tmp_path / "set", rows, "a.png")

    with pytest.raises(DataError, match=message):
        read_labels(folder)


def test_table_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "set", "\ufefffile,label\r\na.png,7\r\n", "a.png")

    assert read_labels(folder) == [(folder / "img" / "a.png", "7")]


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_table_of_another_encoding_is_refused(tmp_path: Path, encoding: str) -> None:
    folder = write_folder(tmp_path / "set", "")
    (folder / "labels.csv").write_bytes("file,label\nzwölf.png,12\n".encode(encoding))

    with pytest.raises(DataError, match=r"labels\.csv is not in UTF-8"):
        read_labels(folder)


def test_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"labels\.csv cannot be read"):
        read_labels(tmp_path)


def test_summary_counts_what_it_says() -> None:
    outcomes = [
        outcome("407", "407"),
        outcome("12", "13", 0.4, accepted=False),
        outcome("5", "55"),
        outcome("", "8"),
        outcome("", "", accepted=False),
    ]

    figures = summarise(outcomes)

    assert figures["pictures"] == 5
    assert figures["correct"]["share"] == pytest.approx(1 / 3)
    assert (figures["accepted"]["share"], figures["accepted_correct"]["share"]) == (pytest.approx(2 / 3), 0.5)
    assert figures["digits_correct"] == {"share": 0.8, "of": 5, "low": 0.37553, "high": 0.96378}
    assert figures["non_digits_refused"]["share"] == 0.5
    assert figures["reasons"] == {"accepted": 3, "ambiguous": 2}


def test_summary_of_nothing_but_letters_has_no_accuracy() -> None:
    figures = summarise([outcome("", "3"), outcome("", "4", accepted=False)])

    assert "correct" not in figures
    assert figures["non_digits_refused"]["of"] == 2


def test_confusion_pairs_digits_of_strings_of_the_right_length() -> None:
    labels, digits = confusion([outcome("47", "41"), outcome("5", "55"), outcome("9", "9")])

    assert list(zip(labels, digits, strict=True)) == [(4, 4), (7, 1), (9, 9)]
