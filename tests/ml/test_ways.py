"""What is known of the best way: how sure it is, and what that says of each digit."""

from dataclasses import replace

import numpy as np
import pytest

from ml.calibration import Judgement
from ml.ways import Agreement, Way, Weighed, agree, settle


def _judgement() -> Judgement:
    """A 3 that may be a 5, and a sure 7; both look a little strange."""
    probabilities = np.zeros((2, 10))
    probabilities[0, [3, 5, 8]] = 0.7, 0.295, 0.005
    probabilities[1, 7] = 1.0
    return Judgement(probabilities, np.full(2, 0.9), np.full(2, 0.5))


def _settled(
    judgement: Judgement, ways: list[Way], *, single: float | None = None, is_plain: bool = False
) -> Judgement:
    return settle(judgement, Weighed(ways, single, is_plain), agree(ways))


def test_agreement_is_what_the_line_network_says_beside_the_other_ways() -> None:
    ways = [Way(-1.0, (5, 7), (0, 1), np.log(0.8)), Way(-1.0 - np.log(3), (3, 7), (0, 1), np.log(0.1))]

    assert agree(ways).chance == pytest.approx(0.8 * 0.75)
    assert agree([Way(-1.0, (5, 7), (0, 1))]) == agree([]) == Agreement()


@pytest.mark.parametrize(
    ("chance", "is_sure", "is_contradicted"), [(0.9, True, False), (0.5, False, False), (0.01, False, True)]
)
def test_number_may_be_sure_or_contradicted(chance: float, is_sure: bool, is_contradicted: bool) -> None:
    found = agree([Way(0.0, (5, 7), (0, 1), np.log(chance))])

    assert (found.is_sure, found.is_contradicted) == (is_sure, is_contradicted)


@pytest.mark.parametrize(("chance", "is_sure"), [(0.99, True), (0.8, False), (0.01, False)])
def test_chance_of_a_single_digit_is_for_its_judgement_to_tell(chance: float, is_sure: bool) -> None:
    assert agree([Way(0.0, (5,), (0,), np.log(chance))]) == Agreement(is_sure=is_sure)


@pytest.mark.parametrize(("outlier", "single", "after"), [(0.9, 0.99, 0.4), (0.2, 0.05, 0.83), (1.0, 1.0, 0.69)])
def test_whether_a_single_one_is_a_digit_both_networks_say(outlier: float, single: float, after: float) -> None:
    before = replace(_judgement(), outlier=np.array([outlier, 0.4]))

    ways = [Way(0.0, (3,), (0,), np.log(single))]

    found = _settled(before, ways, single=single).outlier
    apart = _settled(before, ways, single=single, is_plain=True).outlier

    np.testing.assert_allclose(found, [after, 0.4], atol=0.01)
    np.testing.assert_allclose(apart, [max(after, outlier), 0.4], atol=0.01)


def test_what_is_known_of_the_whole_changes_the_probabilities_of_a_digit() -> None:
    before = _judgement()
    ways = [Way(-1.0, (5, 7), (0, 1)), Way(-1.0 - np.log(3), (3, 7), (0, 1)), Way(-1.5, (7,), (1,))]

    after = _settled(before, ways)

    np.testing.assert_allclose(after.probabilities[0, [5, 3, 8]], [0.995 * 0.75, 0.995 * 0.25, 0.005])
    np.testing.assert_array_equal(after.probabilities[1], before.probabilities[1])
    np.testing.assert_array_equal(after.outlier, before.outlier)


def test_digit_that_only_the_line_network_sees_is_as_probable_as_it_says() -> None:
    after = _settled(_judgement(), [Way(0.0, (8, 7), (0, 1), np.log(0.5))])

    np.testing.assert_allclose(after.probabilities[0, [8, 3, 5]], [0.5 + 0.0025, 0.35, 0.1475])
    assert after.probabilities.sum(axis=1) == pytest.approx(1)


@pytest.mark.parametrize("chance", [1e-9, 0.05, 0.3, 0.99])
def test_digit_that_is_read_is_the_most_probable_one(chance: float) -> None:
    after = _settled(_judgement(), [Way(0.0, (8, 7), (0, 1), np.log(chance))])

    assert after.probabilities[0, 8] == pytest.approx(after.probabilities[0].max())
    assert after.probabilities.sum(axis=1) == pytest.approx(1)


def test_candidates_of_a_sure_number_are_less_strange() -> None:
    before = _judgement()

    sure = _settled(before, [Way(0.0, (3, 7), (0, 1), np.log(0.9))])
    doubtful = _settled(before, [Way(0.0, (3, 7), (0, 1), np.log(0.4))])

    np.testing.assert_allclose(sure.outlier, 0.1 * before.outlier)
    np.testing.assert_allclose(sure.foreign, 0.1 * before.foreign)
    np.testing.assert_array_equal(doubtful.outlier, before.outlier)


def test_nothing_read_leaves_all_as_it_is() -> None:
    before = _judgement()

    assert settle(before, Weighed([]), Agreement()) is before
