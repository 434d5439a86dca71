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
    pixels = _channels(pixels)
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


def _channels(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """RGB as OpenCV orders it; a single channel where the three are the same."""
    if pixels.ndim == 2:
        return pixels
    red, green, blue = cv2.split(pixels)
    if np.array_equal(red, green) and np.array_equal(green, blue):
        return np.asarray(red, np.uint8)
    return np.asarray(cv2.merge([blue, green, red]), np.uint8)
