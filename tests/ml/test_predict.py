"""`python -m ml.predict`: what it prints, and what its exit status says."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ml.predict import main
from tests.pictures import drawing, encoded, png


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "inner").mkdir()
    (tmp_path / "a.png").write_bytes(png("407".replace("0", "2")))
    (tmp_path / "inner" / "b.JPG").write_bytes(encoded(drawing("3"), "JPEG"))
    (tmp_path / "notes.txt").write_text("no picture")
    return tmp_path


def test_json_lines(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["--json", str(folder)])

    first, second = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert status == 0
    assert {"file", "text", "confidence", "accepted", "reason", "digits"} == set(first)
    assert (first["file"], first["text"], first["accepted"]) == (str(folder / "a.png"), "427", True)
    assert second["file"] == str(folder / "inner" / "b.JPG")
    assert len(first["digits"]) == 3
    assert {"digit", "confidence", "probabilities", "box"} <= set(first["digits"][0])
    assert len(first["digits"][0]["probabilities"]) == 10 and len(first["digits"][0]["box"]) == 4


def test_lines_for_people(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "blank.png").write_bytes(encoded(drawing("7", ink="white")))

    status = main([str(folder / "a.png"), str(folder / "blank.png")])

    first, second = capsys.readouterr().out.splitlines()
    assert status == 0
    assert first.startswith(f"{folder / 'a.png'}: 427 (")
    assert second == f"{folder / 'blank.png'}: refused: blank"


def test_bad_file_gets_a_line_and_the_status_tells(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "bad.png").write_bytes(b"nonsense")

    status = main(["--json", str(folder)])

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert status == 1
    assert [line["error"]["code"] for line in lines if "error" in line] == ["unsupported_format"]
    assert len(lines) == 3


def test_known_number_of_digits(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--json", "--digits", "1", str(folder / "inner")])

    assert len(json.loads(capsys.readouterr().out)["text"]) == 1


def test_threshold_can_be_moved(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--json", "--confidence", "1", str(folder / "inner")])

    assert json.loads(capsys.readouterr().out)["reason"] == "ambiguous"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [(["nowhere.png"], "there is no nowhere.png"), (["--model", "none.keras", "."], "cannot be read")],
)
def test_what_cannot_be_tried(arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert sentence in capsys.readouterr().err


def test_a_folder_without_pictures_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.txt").write_text("no picture")

    assert main([str(tmp_path)]) == 2

    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"ml.predict: there are no pictures in {tmp_path}\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--confidence", "7"], "--confidence: 7 is not from 0 to 1"),
        (["--outlier", "nan"], "--outlier: nan is not from 0 to 1"),
        (["--digits", "-3"], "--digits: -3 is less than 1"),
        (["--digits", "two"], "--digits: invalid count value: 'two'"),
    ],
)
def test_values_out_of_range_are_refused(
    arguments: list[str], sentence: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([*arguments, str(folder)])

    assert sentence in capsys.readouterr().err


def test_as_a_command_it_prints_results_only(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ml.predict", "--json", str(folder)], capture_output=True, text=True, check=True
    )

    assert [json.loads(line)["text"] for line in done.stdout.splitlines()] == ["427", "3"]
