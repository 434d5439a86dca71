"""Files that are there as a whole or not at all: written under another name, then renamed into place."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Gives the name, of the same suffix, under which to write; afterwards what is written there is `path`.

    Where the writing fails, or is killed, `path` stays what it was. For one writer at a time.
    """
    draft = path.with_name(f".{path.stem}.new{path.suffix}")
    yield draft
    draft.replace(path)
