"""Gathers what a network is trained and chosen on: MNIST itself, and pictures made from MNIST and pen strokes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ml.corpus import build_corpus, make_examples, split_kind
from ml.data import NOT_A_DIGIT, DataFiles, LabelledImages, join
from ml.glyphs import Sources, load_sources

DRAWN = {
    "digit": 16_000,
    "unusual": 14_000,
    "small": 12_000,
    "row": 14_000,
    "ten": 1_500,
    "amount": 5_000,
    "crowded": 4_000,
    "mnist": 5_000,
    "mnist-row": 5_000,
    "mnist-number": 1_500,
    "letter": 18_000,
    "word": 1_000,
    "junk": 4_000,
}
PHOTOGRAPHED = {
    "digit-photo": 10_000,
    "unusual-photo": 3_000,
    "row-photo": 7_000,
    "amount-photo": 3_000,
    "mnist-photo": 9_000,
    "mnist-row-photo": 4_000,
    "crowded-photo": 3_000,
    "letter-photo": 6_000,
    "word-photo": 500,
    "junk-photo": 3_000,
    "unusual-worn": 4_000,
    "row-worn": 3_000,
    "amount-worn": 1_000,
    "mnist-worn": 2_500,
    "crowded-worn": 3_000,
    "letter-worn": 2_000,
    "junk-worn": 1_000,
    "large-scan": 3_000,
}
ALL = DRAWN | PHOTOGRAPHED
PICTURES = {"none": {}, "few": {kind: count // 10 for kind, count in ALL.items()}, "drawn": DRAWN, "all": ALL}
"""How many pictures of each kind are made for training; a tenth of them for validation."""


@dataclass(frozen=True, slots=True)
class Examples:
    """What to train on and the named sets to choose by, of other writers; `hashes` tells the files they came from."""

    training: LabelledImages
    validation: Mapping[str, LabelledImages]
    hashes: Mapping[str, str]


def gather(files: DataFiles, *, pictures: str, outliers: bool, cache: Path) -> Examples:
    """Everything the files give: `pictures` is a key of PICTURES; without `outliers`, digits only.

    Pictures are made once and kept in `cache`. Raises DataError for missing or damaged files.
    """
    hashes, sources = files.hashes(), load_sources(files)
    made = [
        build_corpus(
            {kind: max(1, int(count * share)) for kind, count in _possible(PICTURES[pictures], hashes).items()},
            sources[part],
            seed=part,
            folder=cache,
            hashes=hashes,
        )
        for part, share in enumerate((1.0, 0.1))
    ]
    chosen = {"mnist": sources[1].mnist} | {
        name: join([examples for kind, examples in made[1].items() if bool(split_kind(kind)[1]) == photographed])
        for name, photographed in (("drawn", False), ("photographed", True))
        if any(bool(split_kind(kind)[1]) == photographed for kind in made[1])
    }
    everything = join([sources[0].mnist, *made[0].values()])
    return Examples(everything if outliers else _digits_only(everything), chosen, hashes)


_OF_STROKES = ("digit", "unusual", "small", "large", "row", "ten", "amount", "crowded")


def _possible(counts: Mapping[str, int], hashes: Mapping[str, str]) -> dict[str, int]:
    """Without a file of strokes, or of letters, the kinds of pictures made from them fall away."""
    needs = dict.fromkeys(_OF_STROKES, "strokes") | {
        "letter": "letters",
        "word": "letters",
    }
    return {kind: count for kind, count in counts.items() if needs.get(split_kind(kind)[0], "mnist") in hashes}


def _digits_only(examples: LabelledImages) -> LabelledImages:
    return examples.take(np.flatnonzero(examples.labels < NOT_A_DIGIT))


def scribbles(count: int, *, seed: int) -> LabelledImages:
    """About `count` scribbles and symbols, labelled "not a digit"; the same seed draws the same. Needs no data."""
    nothing = Sources(LabelledImages(np.zeros((0, 28, 28), np.uint8), np.zeros(0, np.int64)), (), ())
    drawn = join([make_examples("junk", index, nothing, seed) for index in range(count)])
    return drawn.take(np.flatnonzero(drawn.labels == NOT_A_DIGIT))
