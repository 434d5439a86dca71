"""Opens pictures that strangers send: PNG, JPEG and WebP, told by content, never by name.

Nothing here trusts the bytes. The type is read from the signature, the number of pixels from the header, and
only then is anything decoded, so that neither a foreign decoder nor a decompression bomb is ever reached.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image

from ml.modes import opaque
from ml.sizes import WORKING_SIDE, Window, reduction, times

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_PIXELS = 40_000_000
MAX_SIDE = 20_000
MIN_SIDE = 8
MAX_SCANS = 100
"""A progressive JPEG has about ten scans; thousands of them are an attack on the decoder's time."""

_TOO_LARGE = f"The picture has too many pixels; at most {MAX_PIXELS // 1_000_000} million are read."
_DAMAGED = "The picture is damaged or cut short."
_ORIENTATION_TAG = 0x0112
_TRANSPOSITIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# What Pillow's three decoders are seen to raise for damaged files (a warning only where warnings are errors).
_DECODER_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    MemoryError,
    struct.error,
    UserWarning,
)


class ImageError(Exception):
    """A picture that cannot be read; `code` is for programs, the message is a sentence for people."""

    code = "image_error"


class UnsupportedFormat(ImageError):  # noqa: N818
    """Not a still PNG, JPEG or WebP picture (HTTP 415)."""

    code = "unsupported_format"


class ImageTooLarge(ImageError):  # noqa: N818
    """More pixels than `MAX_PIXELS`, or a side longer than `MAX_SIDE` (HTTP 413)."""

    code = "image_too_large"


class UnreadableImage(ImageError):  # noqa: N818
    """A picture of a known type that is damaged, empty or too small to hold a digit (HTTP 422)."""

    code = "unreadable_image"


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """What the header says: `format` is "PNG", "JPEG" or "WEBP"; sides in pixels, before orientation."""

    format: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class DecodedImage:
    """A decoded picture.

    `format`: "PNG", "JPEG" or "WEBP".
    `pixels`: uint8, grey (H, W) or, where it has colours, RGB (H, W, 3), upright, opaque, maybe at a reduced scale.
    `width`, `height`: pixels of the upright original.
    `data`: what it was decoded from.
    """

    format: str
    pixels: NDArray[np.uint8]
    width: int
    height: int
    data: bytes

    @property
    def reduced(self) -> float:
        """How many pixels of the original make one of `pixels`, each way."""
        return times((self.width, self.height), self.pixels.shape[:2])

    def closer(self, window: Window) -> NDArray[np.uint8]:
        """The part `window` of `pixels`, decoded anew at a larger scale: luminance, uint8 (h, w)."""
        height, width = self.pixels.shape[:2]
        whole = _decode(self.data, WORKING_SIDE * max(width, height) // window.side, "L").grey()
        return window.scaled(times(whole.shape, (height, width))).of(whole)

    def larger(self, side: int) -> NDArray[np.uint8]:
        """As `pixels`, with at least `side` pixels of the longer side, if the original has as many."""
        return _decode(self.data, side).pixels

    def grey(self) -> NDArray[np.uint8]:
        """Luminance, uint8 (H, W)."""
        import cv2

        if self.pixels.ndim == 2:
            return self.pixels
        grey: NDArray[np.uint8] = cv2.cvtColor(self.pixels, cv2.COLOR_RGB2GRAY)  # type: ignore[assignment]
        return grey


def inspect(data: bytes) -> ImageHeader:
    """Read the header only; raises UnsupportedFormat, ImageTooLarge or UnreadableImage."""
    with _open(data) as image:
        return ImageHeader(_format(data), *image.size)


def decode_image(data: bytes) -> DecodedImage:
    """Decode to an upright picture of 8 bits a channel, transparency laid on white, large JPEGs reduced.

    Raises UnsupportedFormat, ImageTooLarge or UnreadableImage.
    """
    return _decode(data, WORKING_SIDE)


def _decode(data: bytes, side: int, mode: str | None = None) -> DecodedImage:
    """With at least `side` pixels of the longer side, if there are as many; a JPEG in this mode of Pillow's."""
    import numpy as np

    with _open(data) as image:
        width, height = image.size
        orientation = _orientation(image)
        try:
            _draft(image, side, mode)
            upright = opaque(image, side)
        except _DECODER_ERRORS as error:
            raise UnreadableImage(_DAMAGED) from error
    if orientation in _TRANSPOSITIONS:
        upright = upright.transpose(_TRANSPOSITIONS[orientation])
    if orientation >= 5:
        width, height = height, width
    return DecodedImage(_format(data), np.asarray(upright), width, height, data)


def _format(data: bytes) -> str:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    raise UnsupportedFormat("Send a PNG, JPEG or WebP picture.")


def _open(data: bytes) -> Image.Image:
    """Open lazily, with every limit checked before a pixel is decoded."""
    file_format = _format(data)
    if file_format == "WEBP":  # Pillow allots the whole canvas while opening it
        _check_size(*_webp_size(data))
    if file_format == "JPEG" and data.count(b"\xff\xda") > MAX_SCANS:
        raise UnreadableImage("The JPEG has an absurd number of scans.")
    try:
        image = Image.open(BytesIO(data), formats=(file_format,))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageTooLarge(_TOO_LARGE) from error
    except _DECODER_ERRORS as error:
        raise UnreadableImage(_DAMAGED) from error
    _check_size(*image.size)
    # A camera's JPEG may hold further pictures (MPO: depth, HDR); its first one is the photo.
    if file_format != "JPEG" and getattr(image, "is_animated", False):
        raise UnsupportedFormat("Animated pictures are not read; send a still one.")
    return image


def _webp_size(data: bytes) -> tuple[int, int]:
    """Width and height from the first chunk (RFC 9649, sections 2.5 to 2.7)."""
    kind, header = data[12:16], data[20:30]
    if len(header) < 10:
        raise UnreadableImage(_DAMAGED)
    if kind == b"VP8X":
        return 1 + int.from_bytes(header[4:7], "little"), 1 + int.from_bytes(header[7:10], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(header[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    sides = struct.unpack("<HH", header[6:10])
    return sides[0] & 0x3FFF, sides[1] & 0x3FFF


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise ImageTooLarge(_TOO_LARGE)
    if min(width, height) < MIN_SIDE:
        raise UnreadableImage(f"The picture is too small; each side needs at least {MIN_SIDE} pixels.")


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION_TAG, 1))
    except (*_DECODER_ERRORS, AttributeError):  # damaged EXIF does not make the picture unreadable
        return 1


def _draft(image: Image.Image, side: int, mode: str | None) -> None:
    """Let libjpeg decode a large JPEG at 1/2, 1/4 or 1/8 of its size; a no-op for the other formats."""
    factor = reduction(*image.size, side)
    image.draft(mode, (image.width // factor, image.height // factor))
