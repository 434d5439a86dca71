from dataclasses import replace

import numpy as np

from ml.glyphs import Sources
from ml.ink_examples import SIDE, make_examples


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
