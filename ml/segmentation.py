"""From ink to digits in reading order: propose candidates, let the network score them, choose a path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.preprocessing import Ink

Box = tuple[int, int, int, int]
Labels = cv2.typing.MatLike


@dataclass(frozen=True, slots=True)
class Candidate:
    """Ink that may be one digit.

    `crop`: float32 (h, w) in [0, 1]. `box`: (x, y, width, height) in pixels of the ink map.
    `start`, `end`: the pieces of ink it is made of, numbered in reading order. `cut`: a cut made it.
    """

    crop: NDArray[np.float32]
    box: Box
    start: int
    end: int
    cut: bool = False


def propose(ink: Ink) -> list[Candidate]:
    """Connected components, left to right; specks are left out."""
    mask = (ink.map > 0.35).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count < 2:
        return []
    tallest = stats[1:, cv2.CC_STAT_HEIGHT].max()
    kept = [i for i in range(1, count) if stats[i, cv2.CC_STAT_HEIGHT] > 0.3 * tallest]
    kept.sort(key=lambda i: int(stats[i, cv2.CC_STAT_LEFT]))
    return [_cut(ink, labels, label, stats[label], i) for i, label in enumerate(kept)]


def choose(
    candidates: Sequence[Candidate], merit: NDArray[np.float32], digits: int | None = None
) -> list[int]:
    """Indices of the candidates, in reading order, that cover all pieces at the highest sum of `merit`.

    `merit`: (N,) log-probabilities. `digits`: how many there are, when the caller knows; the nearest possible
    number is taken. Dynamic programming over (piece, number of digits so far).
    """
    if not candidates:
        return []
    pieces = max(candidate.end for candidate in candidates)
    best: list[dict[int, tuple[float, list[int]]]] = [{} for _ in range(pieces + 1)]
    best[0][0] = (0.0, [])
    for index in sorted(range(len(candidates)), key=lambda i: candidates[i].start):
        candidate = candidates[index]
        for number, (score, path) in list(best[candidate.start].items()):
            found = best[candidate.end].get(number + 1)
            total = score + float(merit[index])
            if found is None or total > found[0]:
                best[candidate.end][number + 1] = (total, [*path, index])
    finished = best[pieces]
    if digits is None:
        return max(finished.values())[1]
    return finished[min(finished, key=lambda number: (abs(number - digits), number))][1]


def _cut(ink: Ink, labels: Labels, label: int, stats: Labels, piece: int) -> Candidate:
    x, y, width, height = (int(v) for v in stats[:4])
    window = np.s_[max(0, y - 1) : y + height + 1, max(0, x - 1) : x + width + 1]
    others = (labels[window] != label) & (labels[window] != 0)
    crop = np.where(others, np.float32(0), ink.map[window])
    return Candidate(crop, (x, y, width, height), piece, piece + 1)
