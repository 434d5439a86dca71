"""Intervals and percentiles, held against their definitions."""

from math import sqrt

import pytest

from recognizer import estimates


@pytest.mark.parametrize(("hits", "total"), [(0, 10), (5, 10), (98, 100), (10, 10), (1, 100_000)])
def test_the_interval_ends_where_the_score_test_starts_to_reject(hits: int, total: int) -> None:
    share = estimates.wilson(hits, total)

    assert share is not None
    assert 0 <= share.low <= share.share <= share.high <= 1
    for end in {share.low, share.high} - {0.0, 1.0}:
        score = abs(share.share - end) / sqrt(end * (1 - end) / total)
        assert score == pytest.approx(1.959964)


def test_no_share_of_nothing() -> None:
    assert estimates.wilson(0, 0) is None
    assert estimates.percentile({}, 0.5) is None


@pytest.mark.parametrize("milliseconds", [1, 7, 99, 100, 1234, 60_000])
def test_a_bucket_stands_for_its_durations_within_five_per_cent(milliseconds: float) -> None:
    assert estimates.bucket_middle(estimates.bucket(milliseconds)) == pytest.approx(milliseconds, rel=0.05)


def test_percentiles_of_a_histogram() -> None:
    histogram = {estimates.bucket(10): 90, estimates.bucket(200): 9, estimates.bucket(5000): 1}

    for share, expected in ((0.5, 10), (0.95, 200), (1, 5000)):
        assert estimates.percentile(histogram, share) == pytest.approx(expected, rel=0.05)
