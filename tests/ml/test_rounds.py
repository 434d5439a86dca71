import numpy as np

from ml.glyphs import Sources
from ml.ink_examples import make_example
from ml.making import make_rounds


def test_rounds_are_the_same_wherever_one_begins(sources: Sources) -> None:
    whole = list(make_rounds(make_example, sources, seed=3, first=0, last=3, size=16))
    later = list(make_rounds(make_example, sources, seed=3, first=1, last=3, size=16))

    assert [len(one) for one in whole] == [16, 16, 16]
    for one, other in zip(whole[1:], later, strict=True):
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(a.seen, b.seen)
            np.testing.assert_array_equal(a.ink, b.ink)
    assert not np.array_equal(whole[0][0].seen, whole[1][0].seen)
