"""Reviewed submissions as files, for training elsewhere; and taking out again what is erased.

A folder holds the pictures in img/ with labels.csv, single digits as the network sees them in labels.npz, and
manifest.json with the SHA-256 of each of these files.
"""

import csv
import hashlib
import io
import json
import logging
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils import timezone

from ml.files import replacing
from recognizer import labels
from recognizer.models import Export, Submission

if TYPE_CHECKING:
    from ml.inference import Recognizer

logger = logging.getLogger(__name__)

TABLE, TENSORS, MANIFEST, PICTURES = "labels.csv", "labels.npz", "manifest.json", "img"
COLUMNS = ["file", "label", "channel", "held_out", "labelled_by", "labelled_at"]


class ExportError(Exception):
    """The folder cannot be written to; the sentence says why."""


def export(folder: Path, model: "Recognizer") -> dict[str, int]:
    """Write all reviewed submissions to `folder`, replacing an earlier export; `model` cuts out the digits.

    Returns:
        How many `pictures` and how many `digits` were written.

    Raises:
        ExportError: the folder holds something else, or cannot be written.
    """
    folder = folder.absolute()
    if folder.exists() and not _may_replace(folder):
        raise ExportError(f"{folder} is not empty and no earlier export: name another folder.")
    # Known before it is written: what is erased meanwhile is taken out at the end.
    Export.objects.update_or_create(folder=str(folder), defaults={"written_at": timezone.now()})
    draft = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        written = _write(draft, model)
        shutil.rmtree(folder, ignore_errors=True)
        draft.rename(folder)
    except OSError as error:
        raise ExportError(f"{folder} cannot be written: {error.strerror}.") from error
    forget(written - set(labels.reviewed().values_list("id", flat=True)))
    return {"pictures": len(written), "digits": len(_read_tensors(folder)["labels"])}


def _may_replace(folder: Path) -> bool:
    return folder.is_dir() and ((folder / MANIFEST).is_file() or not any(folder.iterdir()))


def _write(folder: Path, model: "Recognizer") -> set[UUID]:
    import numpy as np

    from ml.preprocessing import PREPROCESSING_VERSION

    (folder / PICTURES).mkdir(parents=True)
    rows = list(_keep_pictures(folder, labels.reviewed().select_related("labelled_by").iterator(labels.CHUNK)))
    _write_table(folder, rows)
    pictures = labels.reviewed().iterator(labels.CHUNK)
    found = list(labels.examples(model, pictures))
    _write_tensors(
        folder,
        {
            "images": np.array([one.tensor for one in found], np.uint8).reshape(-1, 28, 28),
            "labels": np.array([one.label for one in found], np.int64),
            "submissions": np.array([str(one.submission_id) for one in found], "U36"),
            "held_out": np.array([labels.is_held_out(one.submission_id) for one in found], np.bool_),
        },
    )
    # Today's code cuts the digits out, whatever the model learned from.
    _write_manifest(folder, {"preprocessing_version": PREPROCESSING_VERSION})
    return {_id_of(row["file"]) for row in rows}


def _keep_pictures(folder: Path, rows: Iterator[Submission]) -> Iterator[dict[str, str]]:
    for row in rows:
        name = f"{row.id}.{row.image_format}"
        (folder / PICTURES / name).write_bytes(bytes(row.image))
        yield {
            "file": name,
            "label": row.label or "",
            "channel": row.channel,
            "held_out": str(int(labels.is_held_out(row.id))),
            "labelled_by": row.labelled_by.get_username() if row.labelled_by else "",
            "labelled_at": row.labelled_at.isoformat() if row.labelled_at else "",
        }


def _write_table(folder: Path, rows: Iterable[Mapping[str, str]]) -> None:
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS)
    table.writeheader()
    table.writerows({name: harmless(value) for name, value in row.items()} for row in rows)
    _replace(folder / TABLE, text.getvalue().encode())


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP, "CSV Injection")."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else cell


def _write_tensors(folder: Path, arrays: Mapping[str, Any]) -> None:
    import numpy as np

    data = io.BytesIO()
    np.savez_compressed(data, **arrays)
    _replace(folder / TENSORS, data.getvalue())


def _read_tensors(folder: Path) -> dict[str, Any]:
    import numpy as np

    with np.load(folder / TENSORS, allow_pickle=False) as archive:
        return dict(archive)


def _write_manifest(folder: Path, about: Mapping[str, Any]) -> None:
    files = [folder / TABLE, folder / TENSORS, *sorted((folder / PICTURES).iterdir())]
    hashes = {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    manifest = {**about, "written_at": timezone.now().isoformat(timespec="seconds"), "sha256": hashes}
    _replace(folder / MANIFEST, json.dumps(manifest, indent=1).encode())


def _replace(path: Path, data: bytes) -> None:
    with replacing(path) as draft:
        draft.write_bytes(data)


def _id_of(name: str) -> UUID:
    return UUID(name.partition(".")[0])


def forget(submission_ids: Iterable[UUID]) -> None:
    """Take these out of all exported folders; a folder that cannot be reached is named in the log."""
    gone = set(submission_ids)
    if not gone:
        return
    for folder in map(Path, Export.objects.values_list("folder", flat=True)):
        try:
            _forget(folder, gone)
        except (OSError, ValueError, KeyError) as error:
            logger.error("Erased submissions may be left in the export %s: remove them there. %s", folder, error)


def _forget(folder: Path, gone: set[UUID]) -> None:
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    found = [file for file in (folder / PICTURES).iterdir() if _id_of(file.name) in gone]
    if not found:
        return
    for file in found:
        file.unlink()
    with (folder / TABLE).open(newline="", encoding="utf-8") as lines:
        _write_table(folder, [row for row in csv.DictReader(lines) if _id_of(row["file"]) not in gone])
    arrays = _read_tensors(folder)
    kept = [UUID(str(one)) not in gone for one in arrays["submissions"]]
    _write_tensors(folder, {name: values[kept] for name, values in arrays.items()})
    _write_manifest(folder, {"preprocessing_version": manifest["preprocessing_version"]})
