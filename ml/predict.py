"""`python -m ml.predict PATH...`: read the digits in picture files and folders of them."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

from rich.console import Console
from rich.progress import Progress

from ml.artifact import SHIPPED_MODEL, ArtifactError
from ml.decoding import ImageError
from ml.options import count, share

if TYPE_CHECKING:
    from ml.inference import Reading, Recognizer

Outcome = Union["Reading", ImageError, OSError]

BATCH = 64
SUFFIXES = {".png", ".jpg", ".jpeg", ".jfif", ".webp"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Read what the command line names.

    Returns 0 when every file could be read, 1 when some could not, 2 when nothing could be tried.
    """
    options = _parser().parse_args(arguments)
    missing = [path for path in options.paths if not path.exists()]
    if missing:
        print(f"ml.predict: there is no {missing[0]}", file=sys.stderr)
        return 2
    files = [file for path in options.paths for file in _files(path)]
    if not files:
        print(f"ml.predict: there are no pictures in {', '.join(map(str, options.paths))}", file=sys.stderr)
        return 2
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from ml.inference import Recognizer
    from ml.process import tune_process

    tune_process()
    try:
        recognizer = Recognizer.load(options.model, confidence=options.confidence, outlier=options.outlier)
    except ArtifactError as error:
        print(f"ml.predict: {error}", file=sys.stderr)
        return 2
    failed = False
    for file, outcome in _read_all(recognizer, files, options.digits):
        failed |= isinstance(outcome, Exception)
        print(json.dumps(as_json(file, outcome)) if options.json else as_line(file, outcome))
    return int(failed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ml.predict", description=__doc__)
    parser.add_argument("paths", type=Path, nargs="+", metavar="PATH", help="picture files, or folders of them")
    parser.add_argument("--model", type=Path, default=SHIPPED_MODEL, help="the model (default: the shipped one)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--digits", type=count, help="how many digits each picture holds, when known")
    parser.add_argument("--confidence", type=share, help="refuse a digit less sure than this (0 to 1)")
    parser.add_argument("--outlier", type=share, help="refuse what is likelier than this to be no digit (0 to 1)")
    return parser


def _files(path: Path) -> list[Path]:
    """The file itself, or the pictures in the folder and its folders, by name."""
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())


def _read_all(recognizer: Recognizer, files: Sequence[Path], digits: int | None) -> Iterator[tuple[Path, Outcome]]:
    """Each file and what came of it, in order; a progress bar where somebody watches."""
    console = Console(stderr=True)
    bar = Progress(console=console, disable=not console.is_terminal, redirect_stdout=sys.stdout.isatty())
    with bar:
        task = bar.add_task("Reading", total=len(files))
        for start in range(0, len(files), BATCH):
            batch = files[start : start + BATCH]
            yield from zip(batch, _read_batch(recognizer, batch, digits), strict=True)
            bar.advance(task, len(batch))


def _read_batch(recognizer: Recognizer, files: Sequence[Path], digits: int | None) -> list[Outcome]:
    from ml.inference import Picture

    loaded = [_load(file) for file in files]
    pictures = [Picture(data, digits) for data in loaded if isinstance(data, bytes)]
    readings = iter(recognizer.read(pictures))
    return [next(readings) if isinstance(data, bytes) else data for data in loaded]


def _load(file: Path) -> bytes | OSError:
    try:
        return file.read_bytes()
    except OSError as error:
        return error


def as_json(file: Path, outcome: Outcome) -> dict[str, Any]:
    """What `--json` prints of one file: the reading, or `error` {"code", "message"}."""
    if isinstance(outcome, Exception):
        return {"file": str(file), "error": {"code": _code(outcome), "message": _message(outcome)}}
    digits = [
        {
            "digit": one.digit,
            "confidence": round(one.confidence, 6),
            "probabilities": [round(p, 6) for p in one.probabilities],
            "box": list(one.box),
            "touching": one.touching,
        }
        for one in outcome.digits
    ]
    return {
        "file": str(file),
        "text": outcome.text,
        "confidence": round(outcome.confidence, 6),
        "accepted": outcome.accepted,
        "reason": outcome.reason,
        "digits": digits,
    }


def as_line(file: Path, outcome: Outcome) -> str:
    """What is printed for people."""
    if isinstance(outcome, Exception):
        return f"{file}: error: {_message(outcome)}"
    if outcome.accepted:
        return f"{file}: {outcome.text} ({outcome.confidence:.1%})"
    guess = f", perhaps {outcome.text} ({outcome.confidence:.1%})" if outcome.text else ""
    return f"{file}: refused: {outcome.reason}{guess}"


def _code(error: ImageError | OSError) -> str:
    return error.code if isinstance(error, ImageError) else "unreadable_file"


def _message(error: ImageError | OSError) -> str:
    return str(error) if isinstance(error, ImageError) else f"The file cannot be read: {error.strerror}."


if __name__ == "__main__":
    sys.exit(main())
