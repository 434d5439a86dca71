"""Which ink speaks for an answer: erase one spot after another and watch the probability fall.

Occlusion after Zeiler and Fergus, "Visualizing and understanding convolutional networks" (2014), section 4.2:
it asks the network only what it already answers, so it works for any model and needs no gradients.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ml.calibration import Judgement

Map = NDArray[np.float32]

_STRIDE = 2
_SPREAD = 2.0
_SMALLEST = 1e-6


def saliency(score: Callable[[Map], Judgement], tensor: Map, digit: int) -> Map:
    """How much each point of `tensor`, float32 (28, 28) in [0, 1], speaks for `digit`.

    float32 (28, 28) in [-1, 1]: 1 where erasing the ink costs the answer most, negative where ink speaks
    against it, 0 where there is none. `score` judges float32 (N, 28, 28).
    """
    spots = _spots(tensor.shape[0], tensor.shape[1])
    judged = score(np.concatenate([tensor[None], tensor * (1 - spots)]).astype(np.float32))
    belief = np.log(np.maximum(judged.probabilities[:, digit] * (1 - judged.outlier), _SMALLEST))
    loss = belief[0] - belief[1:]
    mean = np.tensordot(loss, spots, axes=1) / spots.sum(axis=0) * (tensor > 0)
    return np.asarray(mean / max(float(np.abs(mean).max()), _SMALLEST), np.float32)


def _spots(height: int, width: int) -> Map:
    """Round soft spots on a grid that covers the picture: float32 (N, height, width) in [0, 1]."""
    rows, columns = np.mgrid[0:height, 0:width]
    centres = [(y, x) for y in range(0, height, _STRIDE) for x in range(0, width, _STRIDE)]
    distances = [(rows - y) ** 2 + (columns - x) ** 2 for y, x in centres]
    return np.exp(-np.array(distances) / (2 * _SPREAD**2)).astype(np.float32)
