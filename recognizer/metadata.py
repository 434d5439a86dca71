"""Takes place, time and camera out of pictures that could not be decoded, and so not be encoded anew.

Only the container is parsed: JPEG segments, PNG and WebP chunks. What cannot be parsed is dropped.
"""

import struct
from collections.abc import Iterator

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Whatever a decoder needs; every other chunk may say who, where or when.
PNG_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS"}
WEBP_KEPT = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"}
# APPn segments and comments, except JFIF's and Adobe's own, which say how colours are stored.
JPEG_DROPPED = {*range(0xE1, 0xEE), 0xEF, 0xFE}
JPEG_SCAN = 0xDA


def strip(data: bytes) -> bytes:
    """The picture without metadata; empty when it is no PNG, JPEG or WebP."""
    if data.startswith(b"\xff\xd8"):
        return data[:2] + b"".join(_jpeg(data))
    if data.startswith(PNG_SIGNATURE):
        return PNG_SIGNATURE + b"".join(_chunks(data, 8, ">I4s", trailer=4, kept=PNG_KEPT))
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        chunks = b"WEBP" + b"".join(_chunks(data, 12, "<4sI", trailer=0, kept=WEBP_KEPT))
        return b"RIFF" + struct.pack("<I", len(chunks)) + chunks
    return b""


def _jpeg(data: bytes) -> Iterator[bytes]:
    position = 2
    while position + 4 <= len(data) and data[position] == 0xFF:
        marker, length = data[position + 1], int.from_bytes(data[position + 2 : position + 4])
        if marker == JPEG_SCAN:
            # From here on there are only compressed pixels; what follows the picture's end may be anything.
            end = data.find(b"\xff\xd9", position)
            yield data[position : end + 2 if end >= 0 else len(data)]
            return
        if marker not in JPEG_DROPPED:
            yield data[position : position + 2 + length]
        position += 2 + length


def _chunks(data: bytes, position: int, header: str, *, trailer: int, kept: set[bytes]) -> Iterator[bytes]:
    while position + 8 <= len(data):
        fields = struct.unpack_from(header, data, position)
        name, length = sorted(fields, key=lambda field: isinstance(field, int))
        # WebP pads a chunk to an even length; PNG ends it with a checksum.
        end = position + 8 + length + (trailer or length % 2)
        if name in kept:
            yield data[position:end]
        position = end
