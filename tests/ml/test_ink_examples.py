from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ml.data import load_pen_characters
from ml.glyphs import Sources
from ml.ink_examples import SIDE, make_examples
from tests.ml.sources import printed_digits, write_strokes


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    digits = load_pen_characters(write_strokes(tmp_path / "digits.gz", "017"))
    letters = load_pen_characters(write_strokes(tmp_path / "letters.gz", "WX"))
    return Sources(printed_digits(30, 0), digits, letters)


def test_examples_show_ink_where_they_say(sources: Sources) -> None:
    examples = make_examples(sources, seed=0, count=60)

    assert examples.seen.shape == (60, SIDE, SIDE, 2)
    assert examples.ink.shape == examples.inside.shape == (60, SIDE, SIDE)
    assert not examples.ink[~examples.inside].any()
    inked = examples.ink > 127
    assert 0.01 < inked.mean() < 0.3
    lost = examples.seen[..., 0].astype(np.float64)
    assert lost[inked].mean() > lost[~inked & examples.inside].mean() + 40


def test_letters_are_not_needed(sources: Sources) -> None:
    assert len(make_examples(replace(sources, letters=[]), seed=0, count=20)) == 20
