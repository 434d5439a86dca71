"""Training examples as serving would see them: pictures drawn, photographed, and put through its own front end.

Every picture is composed of glyphs whose ink is known, so each candidate that segmentation proposes can be
labelled by the ink it holds: one whole digit, or a piece, a pair, a letter, dirt: "not a digit".
"""

import hashlib
import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

from ml.data import NOT_A_DIGIT, PART, LabelledImages, join
from ml.files import replacing
from ml.glyphs import UNKNOWN, Glyph, Sources
from ml.pictures import MAKERS
from ml.preprocessing import PREPROCESSING_VERSION, find_ink, normalise
from ml.process import start_helpers
from ml.rendering import CANVAS, Grey, Map, invert, photograph, random_scan, random_scene
from ml.scenes import ANY_DESK, make_bilevel, take_photo
from ml.segmentation import Candidate, propose
from ml.sizes import Window

CORPUS_VERSION = 8
PIECES_PER_GLYPH = 0.8
PICTURES_PER_CHUNK = 1_000
_MARK = 0.45
"""Of a digit's height: a comma is told from a 1 by its size, which the network does not see."""


CAMERAS: dict[str, Callable[[Map, np.random.Generator], Grey]] = {
    "photo": lambda ink, rng: photograph(ink, random_scene(rng), rng),
    "worn": take_photo,
    "page": lambda ink, rng: take_photo(ink, rng, _written_height(ink) / 0.6),
    "desk": lambda ink, rng: take_photo(ink, rng, _written_height(ink) / 0.6, desk=ANY_DESK),
    "bilevel": lambda ink, rng: make_bilevel(photograph(ink, random_scene(rng), rng), rng),
    "scan": lambda ink, rng: photograph(ink, random_scan(rng), rng),
}


def _written_height(ink: Map) -> int:
    return cv2.boundingRect((ink > 0.3).view(np.uint8))[3]


def make_examples(kind: str, index: int, sources: Sources, seed: int) -> LabelledImages:
    """The examples in the `index`-th picture of `kind`; the same arguments give the same pixels."""
    rng = np.random.default_rng([seed, zlib.crc32(kind.encode()), index])
    return label_candidates(*compose(kind, index, sources, rng), rng)


def compose(kind: str, index: int, sources: Sources, rng: np.random.Generator) -> tuple[Grey, list[Glyph]]:
    """A picture of `kind` and the glyphs in it, in reading order.

    A kind is the name of a maker, drawn as the page's canvas would, or the name, "-" and a camera.
    """
    maker, camera = split_kind(kind)
    glyphs = MAKERS[maker](index, sources, rng)
    ink = np.max([glyph.ink for glyph in glyphs], axis=0)
    picture = CAMERAS[camera](ink, rng) if camera else photograph(ink, CANVAS, rng)
    return invert(picture) if rng.random() < 0.15 else picture, glyphs


def split_kind(kind: str) -> tuple[str, str | None]:
    """The maker and the camera of a kind; None for the page's canvas."""
    maker, _, camera = kind.rpartition("-")
    return (maker, camera) if camera in CAMERAS else (kind, None)


def label_candidates(picture: Grey, glyphs: Sequence[Glyph], rng: np.random.Generator) -> LabelledImages:
    """What segmentation proposes in `picture`, normalised, labelled by the glyphs; the doubtful left out."""
    ink = find_ink(picture)
    height, width = ink.map.shape
    shown = Window(*ink.origin, round(width * ink.scale), round(height * ink.scale)).place
    known = [Glyph(np.asarray(cv2.resize(one.ink[shown], (width, height)), np.float32), one.label) for one in glyphs]
    candidates = propose(ink)
    found = [label_candidate(candidate, known) for candidate in candidates]
    pieces = [place for place in rng.permutation(len(found)) if found[place] in ((NOT_A_DIGIT, None), (PART, None))]
    wholes = {found[place][1]: place for place in rng.permutation(len(found)) if found[place][1] is not None}
    kept = [*wholes.values(), *pieces[: rng.binomial(len(glyphs), PIECES_PER_GLYPH)]]
    images = [np.rint(normalise(candidates[place].crop) * 255).astype(np.uint8) for place in kept]
    labels = [found[place][0] for place in kept]
    return LabelledImages(np.asarray(images, np.uint8).reshape(-1, 28, 28), np.asarray(labels, np.int64))


def label_candidate(candidate: Candidate, glyphs: Sequence[Glyph]) -> tuple[int, int | None]:
    """What `candidate` shows: a label, and the place of the glyph when it shows one whole and alone.

    The label is the glyph's, or PART or NOT_A_DIGIT when it clearly is no single glyph, or UNKNOWN.
    """
    window, mask = candidate.window, candidate.crop > 0.3
    held = np.array([float(glyph.ink[window][mask].sum()) for glyph in glyphs])
    if held.sum() < 0.1 * mask.sum():
        return NOT_A_DIGIT, None
    best = int(held.argmax())
    recall = held[best] / float(glyphs[best].ink.sum())
    others = (held.sum() - held[best]) / held[best]
    if recall > 0.92 and others < 0.08:
        label = glyphs[best].label
        is_mark = label == NOT_A_DIGIT and candidate.size < _MARK
        clean = held.sum() > 0.5 * mask.sum() and label != UNKNOWN and not is_mark
        return (label, best) if clean else (UNKNOWN, None)
    if recall > 0.8 and others > 0.25:
        return _label_together({glyphs[int(place)].label for place in np.flatnonzero(held > 0.1 * held.sum())}), None
    is_digit_piece = 0.2 < recall < 0.65 and glyphs[best].label not in (UNKNOWN, 1, NOT_A_DIGIT)
    return (PART if is_digit_piece else UNKNOWN), None


def _label_together(labels: set[int]) -> int:
    """What glyphs that hang together are, by the set of their labels: digits, or what is none, or a mixture."""
    if labels <= {*range(NOT_A_DIGIT), PART}:
        return PART
    return NOT_A_DIGIT if labels <= {NOT_A_DIGIT, UNKNOWN} and NOT_A_DIGIT in labels else UNKNOWN


def build_corpus(
    counts: Mapping[str, int],
    sources: Sources,
    *,
    seed: int,
    folder: Path,
    hashes: Mapping[str, str],
    report: Callable[[str], None] = print,
) -> dict[str, LabelledImages]:
    """The examples of `counts[kind]` pictures of each kind, made once and kept in `folder`; a kill loses a chunk."""
    about = [CORPUS_VERSION, PREPROCESSING_VERSION, seed, sorted(hashes.items()), len(sources.mnist)]
    about += [len(sources.digits), len(sources.letters)]
    home = folder / hashlib.sha256(json.dumps(about).encode()).hexdigest()[:12]
    home.mkdir(parents=True, exist_ok=True)
    chunks = [
        _Chunk(home / f"{kind}-{start}-{end}.npz", kind, range(start, end))
        for kind, count in counts.items()
        for start, end in pairwise([*range(0, count, PICTURES_PER_CHUNK), count])
    ]
    missing = [chunk for chunk in chunks if not chunk.path.exists()]
    if missing:
        _make_chunks(missing, sources, seed, report)
    return {kind: join([_read_chunk(chunk.path) for chunk in chunks if chunk.kind == kind]) for kind in counts}


@dataclass(frozen=True, slots=True)
class _Chunk:
    path: Path
    kind: str
    indices: range


def _make_chunks(missing: Sequence[_Chunk], sources: Sources, seed: int, report: Callable[[str], None]) -> None:
    with start_helpers(_remember, sources, seed) as pool:
        for done, path in enumerate(pool.map(_make_chunk, missing), 1):
            report(f"pictures: {done} of {len(missing)} chunks, {path.name}")


_remembered: tuple[Sources, int]


def _remember(sources: Sources, seed: int) -> None:
    """Hand the sources to a worker process once, not with every chunk."""
    global _remembered
    _remembered = sources, seed


def _make_chunk(chunk: _Chunk) -> Path:
    sources, seed = _remembered
    examples = join([make_examples(chunk.kind, index, sources, seed) for index in chunk.indices])
    with replacing(chunk.path) as draft:
        np.savez_compressed(draft, images=examples.images, labels=examples.labels)
    return chunk.path


def _read_chunk(path: Path) -> LabelledImages:
    with np.load(path, allow_pickle=False) as archive:
        return LabelledImages(archive["images"], archive["labels"])
