"""Lines to learn from: what they show is what they say."""

from collections import Counter

import numpy as np
import pytest

from ml.data import load_pen_characters
from ml.glyphs import Sources
from ml.line_examples import LineExample, known, line_batches, make_line_example, padded
from ml.strips import HEIGHT
from tests.ml.sources import printed_digits, write_strokes


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> list[LineExample | None]:
    folder = tmp_path_factory.mktemp("sources")
    digits = load_pen_characters(write_strokes(folder / "digits.gz", "017"))
    letters = load_pen_characters(write_strokes(folder / "letters.gz", "WX"))
    sources = Sources(printed_digits(30, 0), digits, letters)
    return [make_line_example(index, sources, 0) for index in range(80)]


def test_lines_are_strips_with_their_digits(examples: list[LineExample | None]) -> None:
    lines = known(examples)

    assert len(lines) > 60
    for line in lines:
        assert line.strip.shape[0] == HEIGHT and line.strip.any()
        assert line.digits.min() >= 0 and line.digits.max() <= 9
    assert max(len(line.digits) for line in lines) == 10


def test_longer_numbers_are_longer_lines(examples: list[LineExample | None]) -> None:
    lines = known(examples)
    lengths, digits = [line.strip.shape[1] for line in lines], [len(line.digits) for line in lines]

    assert np.corrcoef(lengths, digits)[0, 1] > 0.7


def test_batches_hold_all_lines_of_about_one_length_each_time_bent_otherwise(
    examples: list[LineExample | None],
) -> None:
    lines = known(examples)
    usable = len(lines) // 8 * 8

    made, again = (list(line_batches(lines, batch_size=8, passes=2, seed=[0, 1])) for _ in range(2))

    assert len(made) == 2 * usable // 8
    for place, (strips, digits) in enumerate(made):
        assert strips.shape[:2] == (8, HEIGHT) and strips.shape[2] % 32 == 0 and strips.dtype == np.float32
        assert 0.5 < strips.max() <= 1
        np.testing.assert_array_equal(strips, again[place][0])
        np.testing.assert_array_equal(digits, again[place][1])
    written = Counter(tuple(line.digits) for line in lines)
    once, twice = made[: usable // 8], made[usable // 8 :]
    for one in (once, twice):
        said = Counter(tuple(row[row >= 0]) for _, digits in one for row in digits)
        assert said.total() == usable and not said - written
    inked, inked_again = ({float(strip.sum()) for strips, _ in one for strip in strips} for one in (once, twice))
    assert inked.isdisjoint(inked_again)
    lengths = [strips.shape[2] for strips, _ in made]
    assert min(lengths) < 100 < max(lengths)


def test_numbers_are_padded() -> None:
    rows = padded([np.array([1, 2, 3]), np.array([4])])

    np.testing.assert_array_equal(rows, [[1, 2, 3], [4, -1, -1]])
