"""The few statistics that the dashboard needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, floor, log, sqrt

# Neighbouring latency buckets differ by a tenth, so a percentile is at most 5 % off.
BUCKET_RATIO = 1.1
Z_95 = 1.959964


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, with its 95 % interval; shares are in [0, 1]."""

    hits: int
    total: int
    share: float
    low: float
    high: float


def wilson(hits: int, total: int) -> Share | None:
    """The share with its Wilson score interval (Wilson 1927, doi 10.1080/01621459.1927.10502953); None of nothing."""
    if total == 0:
        return None
    share, square = hits / total, Z_95**2
    centre = (share + square / (2 * total)) / (1 + square / total)
    half = Z_95 / (1 + square / total) * sqrt(share * (1 - share) / total + square / (4 * total**2))
    # At the ends the formula is exact, its floating-point value is not.
    return Share(hits, total, share, centre - half if hits else 0.0, centre + half if hits < total else 1.0)


def bucket(milliseconds: float) -> int:
    """The latency bucket of a duration; 0 holds all below 1 ms."""
    return 0 if milliseconds < 1 else 1 + floor(log(milliseconds) / log(BUCKET_RATIO) + 1e-9)


def bucket_middle(index: int) -> float:
    """The duration in milliseconds that stands for a bucket: its geometric middle."""
    return 0.5 if index == 0 else BUCKET_RATIO ** (index - 0.5)


def percentile(histogram: Mapping[int, int], share: float) -> float | None:
    """The duration in milliseconds below which this share (0 to 1) of the counts lies; None of nothing."""
    remaining = ceil(share * sum(histogram.values()))
    for index in sorted(histogram):
        remaining -= histogram[index]
        if remaining <= 0:
            return bucket_middle(index)
    return None
