"""`python -m ml.compose`: folders of labelled pictures by writers that training never saw, for `ml.evaluate`."""

import argparse
import csv
import sys
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from ml.corpus import compose
from ml.data import (
    NOT_A_DIGIT,
    DataError,
    DataFiles,
    add_data_options,
)
from ml.glyphs import UNKNOWN, Sources, load_sources

SETS = {
    "strokes": "digit",
    "photos": "digit-photo",
    "scans": "large-scan",
    "numbers": "row",
    "numbers-photographed": "row-photo",
    "rows-of-ten": "ten",
    "composed": "mnist-number",
    "amounts": "amount",
    "amounts-photographed": "amount-photo",
    "dates": "date",
    "dates-photographed": "date-photo",
    "crowded": "crowded",
    "ledgers": "crowded-worn",
    "crops": "tight-photo",
    "crops-worn": "tight-worn",
    "sheets": "sheet-page",
    "desks": "sheet-desk",
    "bilevel": "digit-bilevel",
    "mnist-photographed": "mnist-photo",
    "letters": "letter",
    "scribbles": "junk",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Write every set; 0 when done, 2 when the data are missing or wrong."""
    parser = argparse.ArgumentParser(prog="python -m ml.compose", description=__doc__)
    add_data_options(parser)
    parser.add_argument("--count", type=int, default=500, help="pictures in each set")
    parser.add_argument("--output", type=Path, default=Path("var/sets"))
    options = parser.parse_args(arguments)
    try:
        files = DataFiles.find(options.data, options.strokes, options.letters, needed=("strokes", "letters"))
        sources = load_sources(files)[1]
    except DataError as error:
        print(f"ml.compose: {error}", file=sys.stderr)
        return 2
    for name, kind in SETS.items():
        print(f"{options.output / name}: {write_set(options.output / name, kind, sources, options.count)} pictures")
    return 0


def write_set(folder: Path, kind: str, sources: Sources, count: int) -> int:
    """Write up to `count` pictures of `kind` and their labels; those of doubtful glyphs are left out."""
    (folder / "img").mkdir(parents=True, exist_ok=True)
    rows = []
    for index in range(count):
        picture, glyphs = compose(kind, index, sources, np.random.default_rng([2, index]))
        labels = [glyph.label for glyph in glyphs]
        if UNKNOWN in labels:
            continue
        name = f"{index:05d}.png"
        cv2.imwrite(str(folder / "img" / name), picture)
        rows.append({"file": name, "label": "".join(str(label) for label in labels if label < NOT_A_DIGIT)})
    with (folder / "labels.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, ["file", "label"])
        table.writeheader()
        table.writerows(rows)
    return len(rows)


if __name__ == "__main__":
    raise SystemExit(main())
