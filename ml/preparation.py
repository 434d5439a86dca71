"""An encoded picture on its way to the network: decoded, its ink found, cut into candidates and normalised."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.colours import by_colour
from ml.decoding import DecodedImage, decode_image
from ml.encoding import STORED_SIDE, encode_for_storing
from ml.preprocessing import FAINT_CONTRAST, Ink, find_ink, normalise
from ml.segmentation import Candidate, propose

MAX_CANDIDATES = 800
_MOST_PIXELS = 30_000_000
"""What one picture may cost: a page of texture proposes thousands; of hatching, each may be as large as the page."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A picture on its way: everything but the network's word.

    `scale`: its pixels per pixel of the ink map. `origin`: its pixel, (x, y), where the ink map begins.
    """

    width: int
    height: int
    image: bytes
    image_format: str
    scale: float
    origin: tuple[int, int]
    contrast: float
    candidates: list[Candidate]
    is_too_much: bool
    tensors: NDArray[np.float32]
    digits: int | None


def prepare(data: bytes, digits: int | None) -> Prepared:
    """Everything that can be done without the network; raises ImageError."""
    decoded = decode_image(data)
    ink = _find_ink(decoded)
    candidates = propose(ink, digits, most=MAX_CANDIDATES + 1, pixels=_MOST_PIXELS)
    afforded = _first_pieces(candidates)
    is_closer = ink.scale < 1 < decoded.reduced
    pixels = decoded.larger(STORED_SIDE) if is_closer else decoded.pixels  # what was seen can be seen again
    image, image_format = encode_for_storing(pixels, lossy=decoded.format == "JPEG")
    tensors = [normalise(candidate.crop) for candidate in afforded]
    return Prepared(
        decoded.width,
        decoded.height,
        image,
        image_format,
        ink.scale * decoded.reduced,
        (round(ink.origin[0] * decoded.reduced), round(ink.origin[1] * decoded.reduced)),
        ink.contrast,
        afforded,
        len(afforded) < len(candidates),
        np.asarray(tensors, np.float32).reshape(-1, 28, 28),
        digits,
    )


def _find_ink(decoded: DecodedImage) -> Ink:
    """By luminance; where that shows next to nothing, by colour."""
    ink = find_ink(decoded.grey(), decoded.reduced, decoded.closer if decoded.reduced > 1 else None)
    is_seen = ink.contrast >= FAINT_CONTRAST or decoded.pixels.ndim == 2
    grey = None if is_seen else by_colour(decoded.pixels)
    if grey is None:
        return ink
    coloured = find_ink(grey)
    return coloured if coloured.contrast >= FAINT_CONTRAST else ink


def _first_pieces(candidates: list[Candidate]) -> list[Candidate]:
    """All candidates, or those of the first pieces when there are too many, or they are too large."""
    if len(candidates) <= MAX_CANDIDATES and sum(one.crop.size for one in candidates) <= _MOST_PIXELS:
        return candidates
    end = candidates[-1].start
    return [candidate for candidate in candidates if candidate.end <= end]
