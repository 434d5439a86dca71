"""From an ink map to digits in reading order."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.preprocessing import Ink

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Segment:
    """One digit's ink: `crop` float32 (h, w) in [0, 1]; `box` (x, y, w, h) in pixels of the map."""

    crop: NDArray[np.float32]
    box: Box
    touching: bool = False


def segment(ink: Ink) -> list[Segment]:
    """Connected components, left to right; specks are left out."""
    mask = (ink.map > 0.35).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count < 2:
        return []
    tallest = stats[1:, cv2.CC_STAT_HEIGHT].max()
    kept = [i for i in range(1, count) if stats[i, cv2.CC_STAT_HEIGHT] > 0.3 * tallest]
    kept.sort(key=lambda i: int(stats[i, cv2.CC_STAT_LEFT]))
    return [_cut(ink, labels, i, stats[i]) for i in kept]


def _cut(ink: Ink, labels: NDArray[np.int32], label: int, stats: NDArray[np.int32]) -> Segment:
    x, y, width, height = (int(v) for v in stats[:4])
    window = np.s_[max(0, y - 1) : y + height + 1, max(0, x - 1) : x + width + 1]
    others = (labels[window] != label) & (labels[window] != 0)
    return Segment(np.where(others, np.float32(0), ink.map[window]), (x, y, width, height))
