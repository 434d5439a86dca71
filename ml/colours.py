"""Ink as bright as its paper, told by its colour: a red pen on green paper has no luminance of its own."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ml.paper import shrink

Grey = NDArray[np.uint8]

_PAPER = 200
_SIDE = 100
_LEAST_DIFFERENCE = 50
"""Of 255: light of two colours, as of a lamp and a window, tints white paper by some thirty."""


def by_colour(rgb: NDArray[np.uint8]) -> Grey | None:
    """How far each point's colour is from the paper's, as a grey picture: uint8 (H, W, 3) -> uint8 (H, W).

    Along the line on which colours differ most, whatever their brightness. None where they hardly differ.
    """
    chroma = cv2.cvtColor(shrink(rgb, _SIDE), cv2.COLOR_RGB2YCrCb)[..., 1:].reshape(-1, 2).astype(np.float32)
    paper = np.median(chroma, axis=0)
    axis = np.linalg.eigh(np.cov(chroma - paper, rowvar=False))[1][:, -1].astype(np.float32)
    along = (chroma - paper) @ axis
    if np.abs(along).max() < _LEAST_DIFFERENCE:
        return None
    if along.max() < -along.min():
        axis = -axis
    _, red, blue = cv2.split(cv2.cvtColor(rgb, cv2.COLOR_RGB2YCrCb))
    far = (red - np.float32(paper[0])) * axis[0] + (blue - np.float32(paper[1])) * axis[1]
    return np.asarray(np.clip(np.rint(_PAPER - far), 0, 255), np.uint8)
