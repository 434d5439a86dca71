from dataclasses import replace

import numpy as np

from ml.glyphs import Sources
from ml.ink_examples import SIDE, blurred_dots, make_examples


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


def test_dotted_picture_is_seen_blurred_and_broad_strokes_keep_their_middle() -> None:
    thin, broad = np.zeros((120, 120), np.float32), np.zeros((120, 120), np.float32)
    thin[20:100, 58:61], broad[20:100, 50:70] = 1, 1
    rng = np.random.default_rng(0)

    for light in (False, True):
        for ink, is_dotted in ((thin, True), (broad, False)):
            grey = (90 + 120 * ink if light else 200 - 120 * ink).astype(np.uint8)
            made = [blurred_dots(grey, ink, rng) for _ in range(10)]

            assert any(one is not grey for one in made) == is_dotted
            for one in made:
                darkest = one[ink > 0.5].mean() < one[ink < 0.5].mean()
                assert darkest != light
                assert len(np.unique(one)) > 2 or one is grey
