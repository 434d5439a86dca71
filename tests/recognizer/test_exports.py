"""Reviewed submissions as files, and out of the files again."""

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from ml.artifact import SHIPPED_MODEL
from ml.evaluation import read_folder, read_labels
from ml.inference import Picture, Reading, Recognizer
from ml.preprocessing import PREPROCESSING_VERSION
from recognizer import exports, labels, privacy, registry, services, serving
from recognizer.models import Export, Submission
from recognizer.versions import Role
from tests import factories
from tests.pictures import png

LABELS = ["7", "4", "1", "47", "123", ""]


@pytest.fixture(scope="session")
def model() -> Recognizer:
    """The shipped one."""
    return Recognizer.load(SHIPPED_MODEL)


@pytest.fixture
def rows(db: None) -> list[Submission]:
    """Reviewed submissions, the last one without a digit; and two that nobody reviewed."""
    reviewer = factories.reviewer("+rita@example")
    reviewed = [factories.read(text or "1", image=png(text or "7")) for text in LABELS]
    for row, label in zip(reviewed, LABELS, strict=True):
        services.set_label(submission=row, label=label, reviewer=reviewer)
    factories.read("7")
    factories.submission(status="failed", error_code="unreadable_image")
    return reviewed


@pytest.fixture
def folder(rows: list[Submission], tmp_path: Path) -> Iterator[Path]:
    """An export of them."""
    out = io.StringIO()
    call_command("export_labels", str(tmp_path / "export"), stdout=out)
    assert "Wrote 6 pictures and 9 digits" in out.getvalue()
    yield tmp_path / "export"


def table(folder: Path) -> dict[str, dict[str, str]]:
    """labels.csv by file."""
    with (folder / "labels.csv").open(newline="") as lines:
        return {row["file"]: row for row in csv.DictReader(lines)}


def assert_whole(folder: Path) -> None:
    """The manifest names every file with its hash."""
    named = json.loads((folder / "manifest.json").read_text())["sha256"]
    files = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    files.pop("manifest.json")
    assert named == {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}


def test_pictures_and_labels_can_be_evaluated(folder: Path, rows: list[Submission], model: Recognizer) -> None:
    assert sorted(label for _, label in read_labels(folder)) == sorted(LABELS)
    assert {path.read_bytes() for path, _ in read_labels(folder)} == {bytes(row.image) for row in rows}
    assert sum(outcome.correct for outcome in read_folder(model, folder)) >= 4
    assert_whole(folder)


def test_tensors_are_what_the_network_sees(folder: Path, rows: list[Submission], model: Recognizer) -> None:
    with np.load(folder / "labels.npz") as archive:
        arrays = dict(archive)

    assert arrays["images"].dtype == np.uint8 and arrays["images"].shape == (9, 28, 28)
    assert sorted(arrays["labels"].tolist()) == sorted([7, 4, 1, 4, 7, 1, 2, 3, 10])
    for row in rows[:3]:
        (seen,) = model.read([Picture(bytes(row.image), 1)])
        assert isinstance(seen, Reading)
        here = arrays["submissions"] == str(row.id)
        assert np.array_equal(arrays["images"][here][0], seen.digits[0].preview)
        assert arrays["held_out"][here].tolist() == [labels.is_held_out(row.id)]


def test_the_manifest_says_which_code_cut_the_digits_out(
    rows: list[Submission], tmp_path: Path, model: Recognizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "card", replace(model.card, preprocessing_version="of another time"))

    exports.export(tmp_path / "export", model)

    manifest = json.loads((tmp_path / "export" / "manifest.json").read_text())
    assert manifest["preprocessing_version"] == PREPROCESSING_VERSION


def test_no_cell_is_a_formula(folder: Path) -> None:
    assert {row["labelled_by"] for row in table(folder).values()} == {"'+rita@example"}
    assert [exports.harmless(cell) for cell in ("=1", "@x", "-1", "\tx", "047", "")] == [
        "'=1",
        "'@x",
        "'-1",
        "'\tx",
        "047",
        "",
    ]


def test_what_is_erased_leaves_the_copies(folder: Path, rows: list[Submission]) -> None:
    privacy.erase(submission_ids=[rows[0].id, rows[3].id])

    left = {str(row.id) for row in rows} - {str(rows[0].id), str(rows[3].id)}
    assert {name.partition(".")[0] for name in table(folder)} == left
    assert {path.stem for path in (folder / "img").iterdir()} == left
    with np.load(folder / "labels.npz") as archive:
        assert set(archive["submissions"]) == left
        assert len(archive["images"]) == len(archive["labels"]) == 6
    assert_whole(folder)


def test_all_of_a_client_leaves_the_copies(rows: list[Submission], tmp_path: Path, model: Recognizer) -> None:
    Submission.objects.filter(id__in=[row.id for row in rows[:5]]).update(client="telegram:1")
    exports.export(tmp_path / "export", model)

    services.erase_client(client="telegram:1")

    assert [path.stem for path in (tmp_path / "export" / "img").iterdir()] == [str(rows[5].id)]


def test_a_later_export_replaces_the_earlier(folder: Path, rows: list[Submission], model: Recognizer) -> None:
    services.set_label(submission=rows[0], label=None, reviewer=factories.reviewer("omid"))

    assert exports.export(folder, model) == {"pictures": 5, "digits": 8}

    assert f"{rows[0].id}.png" not in table(folder)
    assert_whole(folder)
    assert Export.objects.get().folder == str(folder)


def test_a_copy_that_cannot_be_reached_is_named(
    folder: Path, rows: list[Submission], tmp_path: Path, caplog: Any
) -> None:
    folder.rename(tmp_path / "elsewhere")

    assert privacy.erase(submission_ids=[rows[0].id]) == 1

    assert str(folder) in caplog.text
    assert not Submission.objects.filter(id=rows[0].id).exists()


def test_a_folder_with_other_things_is_left_alone(db: None, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")

    with pytest.raises(CommandError, match="is not empty"):
        call_command("export_labels", str(tmp_path))

    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_the_held_out_part_is_about_a_fifth_and_never_changes() -> None:
    ids = [Submission._meta.pk.get_default() for _ in range(2000)]
    held_out = [labels.is_held_out(one) for one in ids]

    assert 0.15 < np.mean(held_out) < 0.25
    assert held_out == [labels.is_held_out(one) for one in ids]


def test_the_live_version_cuts_out(rows: list[Submission]) -> None:
    live = registry.current(Role.LIVE)
    assert live is not None
    found = list(labels.examples(serving.load(live), iter(rows)))

    assert [example.label for example in found if example.submission_id == rows[4].id] == [1, 2, 3]
