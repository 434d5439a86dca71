from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ml.corpus import build_corpus, label_candidate, label_candidates, make_examples
from ml.data import NOT_A_DIGIT, PART, load_pen_characters
from ml.glyphs import UNKNOWN, Glyph, Sources
from ml.pictures import MAKERS
from ml.pieces import MARGIN
from ml.rendering import CANVAS, draw_strokes, photograph, place
from ml.segmentation import Candidate
from tests.ml.sources import SHAPES, printed_digits, write_strokes

SHAPE = (120, 240)


def glyph(name: str, left: float, label: int, *, shape: tuple[int, int] = SHAPE, side: float = 80) -> Glyph:
    strokes = [np.asarray(stroke, np.float32) for stroke in SHAPES[name]]
    return Glyph(draw_strokes(place(strokes, (left, 20, 0.75 * side, side)), shape, 0.0875 * side), label)


def candidate(ink: np.ndarray, left: int, right: int) -> Candidate:
    rows, columns = np.nonzero(ink[:, left:right] > 0.1)
    top, bottom = int(rows.min()), int(rows.max()) + 1
    left, right = left + int(columns.min()), left + int(columns.max()) + 1
    box = (left, top, right - left, bottom - top)
    window = np.s_[max(0, top - MARGIN) : bottom + MARGIN, max(0, left - MARGIN) : right + MARGIN]
    return Candidate(ink[window], box, 0, 1)


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    digits = load_pen_characters(write_strokes(tmp_path / "digits.gz", "017"))
    letters = load_pen_characters(write_strokes(tmp_path / "letters.gz", "WX"))
    return Sources(printed_digits(30, 0), digits, letters)


def test_whole_digit_has_its_label() -> None:
    glyphs = [glyph("0", 10, 0), glyph("7", 120, 7)]
    ink = np.maximum(glyphs[0].ink, glyphs[1].ink)

    assert label_candidate(candidate(ink, 0, 100), glyphs) == (0, 0)
    assert label_candidate(candidate(ink, 100, 240), glyphs) == (7, 1)


def test_pair_and_half_are_parts() -> None:
    glyphs = [glyph("0", 10, 0), glyph("7", 90, 7)]
    ink = np.maximum(glyphs[0].ink, glyphs[1].ink)

    assert label_candidate(candidate(ink, 0, 240), glyphs) == (PART, None)
    assert label_candidate(candidate(glyphs[0].ink, 0, 40), glyphs) == (PART, None)


@pytest.mark.parametrize(
    ("labels", "expected"),
    [((NOT_A_DIGIT, NOT_A_DIGIT), NOT_A_DIGIT), ((NOT_A_DIGIT, UNKNOWN), NOT_A_DIGIT), ((0, NOT_A_DIGIT), UNKNOWN)],
)
def test_letters_that_touch_are_no_digits(labels: tuple[int, int], expected: int) -> None:
    glyphs = [glyph("0", 10, labels[0]), glyph("7", 90, labels[1])]
    ink = np.maximum(glyphs[0].ink, glyphs[1].ink)

    assert label_candidate(candidate(ink, 0, 240), glyphs) == (expected, None)


def test_half_a_one_is_not_called_an_outlier() -> None:
    one = glyph("1", 40, 1)
    upper = one.ink.copy()
    upper[60:] = 0

    assert label_candidate(candidate(upper, 0, 240), [one]) == (UNKNOWN, None)


def test_comma_as_slim_as_a_one_is_not_taught_as_no_digit() -> None:
    mark = glyph("1", 40, NOT_A_DIGIT)
    large = candidate(mark.ink, 0, 240)

    assert label_candidate(large, [mark]) == (NOT_A_DIGIT, 0)
    assert label_candidate(replace(large, size=0.3), [mark]) == (UNKNOWN, None)


def test_dirt_is_no_digit() -> None:
    dirt = np.zeros(SHAPE, np.float32)
    dirt[90:110, 200:230] = 1

    assert label_candidate(candidate(dirt, 190, 240), [glyph("0", 10, 0)]) == (NOT_A_DIGIT, None)


def test_each_digit_of_a_drawn_pair_comes_once() -> None:
    glyphs = [glyph("0", 10, 0), glyph("7", 120, 7)]
    ink = np.maximum(glyphs[0].ink, glyphs[1].ink)
    rng = np.random.default_rng(0)

    found = label_candidates(photograph(ink, CANVAS, rng), glyphs, rng)

    assert sorted(label for label in found.labels if label < NOT_A_DIGIT) == [0, 7]
    assert found.images.shape[1:] == (28, 28)


def test_small_digits_of_a_large_picture_are_labelled_where_they_are() -> None:
    glyphs = [glyph("0", 1500, 0, shape=(1500, 2000), side=30), glyph("7", 1540, 7, shape=(1500, 2000), side=30)]
    picture = photograph(np.maximum(glyphs[0].ink, glyphs[1].ink), CANVAS, np.random.default_rng(0))

    found = label_candidates(picture, glyphs, np.random.default_rng(0))

    assert sorted(found.labels[found.labels < NOT_A_DIGIT]) == [0, 7]


@pytest.mark.parametrize("kind", [*MAKERS, "digit-photo"])
def test_every_kind_gives_examples_that_depend_on_nothing_but_the_arguments(kind: str, sources: Sources) -> None:
    first = [make_examples(kind, index, sources, seed=0) for index in range(8)]
    again = [make_examples(kind, index, sources, seed=0) for index in range(8)]

    assert sum(len(one) for one in first) >= 4
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.images, other.images)
        np.testing.assert_array_equal(one.labels, other.labels)
    digits = kind not in ("letter", "word", "junk")
    labels = np.concatenate([one.labels for one in first])
    assert np.any(labels < NOT_A_DIGIT) if digits else np.all(labels == NOT_A_DIGIT)


def test_corpus_is_made_once_and_a_lost_chunk_again(
    sources: Sources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ml.corpus.PICTURES_PER_CHUNK", 4)
    reports: list[str] = []

    def build() -> dict[str, int]:
        made = build_corpus(
            {"digit": 5, "junk": 5},
            sources,
            seed=0,
            folder=tmp_path / "cache",
            hashes={"mnist": "a"},
            report=reports.append,
        )
        return {kind: int(examples.images.sum(dtype=np.int64)) for kind, examples in made.items()}

    whole = build()
    assert len(reports) == 4
    assert build() == whole
    assert len(reports) == 4
    next((tmp_path / "cache").rglob("junk-0-4.npz")).unlink()
    assert build() == whole
    assert len(reports) == 5
