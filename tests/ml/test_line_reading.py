"""The line network as it ships: what it reads, and how its word tips the scales."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from ml.calibration import Judgement
from ml.ctc import BLANK
from ml.line_reading import read_line, weigh
from ml.reading_order import Steps, find_steps, find_ways
from ml.segmentation import Candidate
from ml.ways import Way


def _written(text: str, *, cuts: int = 0) -> list[Candidate]:
    """Printed digits, each a candidate, on a line; as if each had been cut from its neighbours on so many sides."""
    candidates = []
    for place, character in enumerate(text):
        drawn = np.zeros((44, 34), np.uint8)
        cv2.putText(drawn, character, (4, 38), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 255, 3, cv2.LINE_AA)
        x, y, width, height = cv2.boundingRect((drawn > 25).view(np.uint8))
        crop = np.asarray(drawn / 255, np.float32)[y - 2 : y + height + 2, x - 2 : x + width + 2]
        candidates.append(Candidate(crop, (20 + 34 * place, 20, width, height), place, place + 1, cuts=cuts))
    return candidates


def _doubtful(candidates: list[Candidate]) -> NDArray[np.float64]:
    """What the classifier believes of candidates of which it is not sure."""
    return np.full(len(candidates), 0.7)


def _steps(candidates: list[Candidate], *, others: float = 1e-4) -> Steps:
    """As if the classifier took each for a 3 or, less probably, for a 1, and hardly for any of the `others`."""
    probabilities = np.full((len(candidates), 10), others)
    probabilities[:, 3], probabilities[:, 1] = 0.7, 0.3
    return find_steps(candidates, Judgement(probabilities, np.zeros(len(candidates)), np.zeros(len(candidates))))


def test_line_network_finds_what_the_classifier_does_not_think_of() -> None:
    candidates = _written("2741", cuts=1)
    steps = _steps(candidates)

    best = weigh(find_ways(steps), candidates, steps, _doubtful(candidates)).ways[0]

    assert (best.digits, best.path) == ((2, 7, 4, 1), (0, 1, 2, 3))
    assert best.word is not None and best.word > np.log(0.5)


def test_known_number_of_digits_is_kept_to() -> None:
    candidates = _written("2741")
    steps = _steps(candidates)

    ways = weigh(find_ways(steps, 3), candidates, steps, _doubtful(candidates), digits=3).ways

    assert {len(way.digits) for way in ways} == {3}


def test_line_network_does_not_overrule_what_is_sure() -> None:
    candidates = _written("2741")
    ways = [Way(-0.1, (3, 3, 3, 3), (0, 1, 2, 3)), Way(-60.0, (2, 7, 4, 1), (0, 1, 2, 3))]

    assert weigh(ways, candidates, [[] for _ in candidates], _doubtful(candidates)).ways[0].digits == (3, 3, 3, 3)


def test_of_a_single_digit_the_line_network_tells_which_it_is_and_whether_it_is_one() -> None:
    candidates = _written("2")
    ways = [Way(-0.1, (3,), (0,)), Way(-0.2, (2,), (0,))]

    weighed = weigh(ways, candidates, _steps(candidates), _doubtful(candidates))

    assert weighed.ways[0].digits == (2,)
    assert weighed.single is not None and weighed.single > 0.9


def test_sign_alone_is_no_digit_to_the_line_network_either() -> None:
    (candidate,) = _written("#")
    ways = [Way(-0.1, (3,), (0,))]

    single = weigh(ways, [candidate], _steps([candidate]), _doubtful([candidate])).single

    assert single is not None and single < 0.1


def test_nothing_to_read_is_nothing_to_weigh() -> None:
    assert weigh([], [], [], np.zeros(0)).ways == []


def _on_two_lines(above: str, below: str) -> list[Candidate]:
    upper, count = _written(above, cuts=1), len(above)
    lower = [
        replace(one, box=(one.box[0], 200, *one.box[2:]), start=one.start + count, end=one.end + count, line=1)
        for one in _written(below, cuts=1)
    ]
    return [*upper, *lower]


def test_digit_that_is_all_there_is_is_left_to_the_classifier_where_it_is_sure() -> None:
    (whole,) = _written("2")
    left, right = (replace(whole, start=place, end=place + 1, cuts=1) for place in (0, 1))
    candidates = [left, replace(whole, start=0, end=2), right]
    ways = [Way(-0.1, (3,), (1,)), Way(-0.2, (2,), (1,))]

    assert weigh(ways, candidates, [[], []], np.full(3, 0.96)).ways == ways
    assert weigh(ways, candidates, [[], []], _doubtful(candidates)).ways[0].digits == (2,)


def test_lines_are_read_one_by_one() -> None:
    candidates = _on_two_lines("27", "41")
    steps = _steps(candidates, others=1e-3)

    assert weigh(find_ways(steps), candidates, steps, _doubtful(candidates)).ways[0].digits == (2, 7, 4, 1)


def test_line_network_counts_less_where_digits_stand_apart() -> None:
    apart, torn = _written("2741"), _written("2741", cuts=1)
    steps = _steps(apart)
    ways = [Way(0.0, (3, 7, 4, 1), (0, 1, 2, 3)), Way(0.0, (2, 7, 4, 1), (0, 1, 2, 3))]

    (best, other), (best_torn, other_torn) = (
        [
            way
            for way in weigh(ways, candidates, steps, _doubtful(candidates)).ways
            if way.digits in ((2, 7, 4, 1), (3, 7, 4, 1))
        ]
        for candidates in (apart, torn)
    )

    assert best.digits == best_torn.digits == (2, 7, 4, 1)
    assert best_torn.score - other_torn.score == pytest.approx(4 * (best.score - other.score))


def test_sure_digits_that_stand_apart_are_left_to_the_classifier() -> None:
    apart, torn = _written("2741"), _written("2741", cuts=1)
    steps, sure = _steps(apart), np.full(4, 0.96)
    ways = [Way(0.0, (3, 7, 4, 1), (0, 1, 2, 3)), Way(0.0, (2, 7, 4, 1), (0, 1, 2, 3))]

    assert weigh(ways, apart, steps, sure).ways == ways
    assert weigh(ways, torn, steps, sure).ways[0].digits == (2, 7, 4, 1)


def test_line_network_counts_in_full_where_a_one_may_be_a_slash() -> None:
    candidates = _written("2741")
    steps, sure = _steps(candidates), np.full(4, 0.96)
    ways = [Way(0.0, (3, 7, 4, 1), (0, 1, 2, 3)), Way(0.0, (2, 7, 4, 1), (0, 1, 2, 3))]

    (best, *_) = weigh(ways, candidates, steps, sure, slashes=[3]).ways

    assert best.digits == (2, 7, 4, 1)
    assert weigh(ways, candidates, steps, sure, slashes=[4]).ways == ways


def test_line_of_which_nothing_is_read_does_not_count() -> None:
    candidates = _on_two_lines("27", "41")
    ways = [Way(0.0, (2, 7), (0, 1))]

    (best, *_) = weigh(ways, candidates, _steps(candidates), _doubtful(candidates)).ways

    assert best.word is not None and best.word > np.log(0.5)


def test_no_number_is_weighed_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ml.line_reading.likely_numbers", lambda _: [(3, 7), (3,), (7, 3)])
    candidates = _on_two_lines("27", "41")
    steps = _steps(candidates)

    said = [way.digits for way in weigh(find_ways(steps), candidates, steps, _doubtful(candidates)).ways]

    assert len(said) == len(set(said))
    assert {(3, 7, 3, 7), (3, 3, 7), (7, 3, 3, 7), (3, 7, 7, 3)} <= set(said)


def test_candidate_that_spans_lines_is_left_to_the_classifier() -> None:
    parts = [replace(one, line=place) for place, one in enumerate(_written("27"))]
    candidates = [*parts, replace(parts[0], start=0, end=2, line=None)]
    steps = _steps(candidates)

    assert weigh(find_ways(steps), candidates, steps, _doubtful(candidates)).ways == find_ways(steps)


def test_many_long_lines_are_left_to_the_classifier() -> None:
    candidates = [replace(one, box=(one.box[0] * 40, *one.box[1:])) for one in _written("2741")]
    steps = _steps(candidates)

    assert weigh(find_ways(steps), candidates, steps, _doubtful(candidates)).ways == find_ways(steps)


@pytest.mark.parametrize("width", [17, 40, 1_000])
def test_chances_along_a_line_of_any_length(width: int) -> None:
    chances = read_line(np.zeros((32, width), np.uint8))

    assert chances.shape == (-(-width // 2), 11)
    np.testing.assert_allclose(chances.sum(axis=1), 1)
    assert (chances.argmax(axis=1) == BLANK).all()
