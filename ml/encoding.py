"""Pictures back to bytes: anew, from the pixels alone, so that no metadata and nothing hidden survives."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

STORED_SIDE = 1600
"""Longest side of a stored picture, in pixels."""

_PNG_BYTES = 200_000
_PNG_PIXELS = 500_000
_JPEG_QUALITY = 90


def encode_for_storing(pixels: NDArray[np.uint8], *, lossy: bool) -> tuple[bytes, str]:
    """A picture, uint8 grey (H, W) or RGB (H, W, 3), as bytes, and which they are, "png" or "jpeg".

    PNG for drawings, JPEG for photos and large pictures. `lossy`: it came as a JPEG, so another loses nothing.
    """
    if pixels.ndim == 3:  # OpenCV writes them the other way round
        pixels = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), np.uint8)
    factor = STORED_SIDE / max(pixels.shape[:2])
    if factor < 1:
        pixels = np.asarray(cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA))
    if not lossy and pixels.shape[0] * pixels.shape[1] <= _PNG_PIXELS:
        data = encode_png(pixels)
        if len(data) <= _PNG_BYTES:
            return data, "png"
    return cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])[1].tobytes(), "jpeg"


def encode_png(pixels: NDArray[np.uint8]) -> bytes:
    """A PNG file of uint8 pixels, grey (H, W) or BGR (H, W, 3); lightly compressed, for speed."""
    options = [cv2.IMWRITE_PNG_COMPRESSION, 1, cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_NONE]
    return cv2.imencode(".png", pixels, options)[1].tobytes()
