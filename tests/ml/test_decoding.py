"""Decoding: every honest picture comes out upright and opaque, every other one as a named error."""

import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageOps

from ml.decoding import (
    MAX_PIXELS,
    ImageError,
    ImageTooLarge,
    UnreadableImage,
    UnsupportedFormat,
    decode_image,
    inspect,
)
from ml.sizes import Window
from tests.pictures import drawing, encoded


def decode(data: bytes) -> NDArray[np.uint8]:
    """Its luminance."""
    return decode_image(data).grey()


def _png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds a single pixel's worth of data."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(b"\0" * 10)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _webp_header(width: int, height: int) -> bytes:
    body = b"VP8X" + struct.pack("<I", 10) + b"\0" * 4 + (width - 1).to_bytes(3, "little")
    body += (height - 1).to_bytes(3, "little")
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


@pytest.mark.parametrize(
    ("image_format", "options"),
    [("PNG", {}), ("JPEG", {}), ("WEBP", {}), ("WEBP", {"lossless": True}), ("JPEG", {"progressive": True})],
)
def test_each_format_is_told_by_its_content(image_format: str, options: dict[str, bool]) -> None:
    data = encoded(drawing("7", side=60), image_format, **options)

    header = inspect(data)

    assert (header.format, header.width, header.height) == (image_format, 60, 60)
    assert decode(data).shape == (60, 60)


@pytest.mark.parametrize("image_format", ["GIF", "BMP", "TIFF", "PPM", "TGA", "ICO", "EPS", "PDF"])
def test_other_formats_are_refused(image_format: str) -> None:
    data = encoded(drawing("7", side=32), image_format)

    with pytest.raises(UnsupportedFormat):
        inspect(data)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "CMYK", "YCbCr"])
def test_opaque_modes_look_alike(mode: str) -> None:
    image_format = "JPEG" if mode in ("CMYK", "YCbCr") else "PNG"
    expected = np.asarray(drawing("4").convert("L"))

    grey = decode(encoded(drawing("4").convert(mode), image_format))

    assert np.abs(grey.astype(int) - expected).mean() < 2


def test_sixteen_bits_are_scaled() -> None:
    wide = np.linspace(0, 65535, 64 * 64).reshape(64, 64).astype(np.uint16)

    grey = decode(encoded(Image.fromarray(wide)))

    assert np.array_equal(grey, wide >> 8)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA"])
def test_transparency_is_laid_on_white(mode: str) -> None:
    ink = drawing("2").convert("L").point(lambda shade: 255 - shade)
    transparent = Image.merge("LA", (Image.new("L", ink.size, 0), ink))
    data = encoded(transparent.convert("RGBA") if mode == "RGBA" else transparent)

    grey = decode(data)

    assert np.abs(grey.astype(int) - np.asarray(drawing("2").convert("L"))).max() <= 1


def test_white_ink_on_nothing_is_not_lost() -> None:
    ink = drawing("2").convert("L").point(lambda shade: 255 - shade)

    grey = decode(encoded(Image.merge("LA", (Image.new("L", ink.size, 255), ink))))

    assert np.array_equal(grey, np.asarray(ink))


def test_transparent_colour_of_a_palette_is_white() -> None:
    image = drawing("3", paper="blue").convert("P")
    data = encoded(image, transparency=image.getpixel((0, 0)))

    assert np.abs(decode(data).astype(int) - np.asarray(drawing("3").convert("L"))).mean() < 2


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_undone(orientation: int) -> None:
    upright = drawing("77").convert("L")
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    stored = upright.transpose(Image.Transpose(undo[orientation])) if orientation > 1 else upright
    exif = Image.Exif()
    exif[0x0112] = orientation

    decoded = decode_image(encoded(stored, "JPEG", exif=exif, quality=95))

    assert (decoded.width, decoded.height) == upright.size
    assert np.abs(decoded.grey().astype(int) - np.asarray(upright)).mean() < 2


def test_large_jpeg_is_reduced_while_it_is_decoded() -> None:
    decoded = decode_image(encoded(drawing("7", side=3000, pen=200), "JPEG"))

    assert (decoded.width, decoded.height) == (3000, 3000)
    assert decoded.pixels.shape[:2] == (1500, 1500)


def test_large_png_is_reduced() -> None:
    decoded = decode_image(encoded(drawing("7", side=3000, pen=200)))

    assert (decoded.width, decoded.height) == (3000, 3000)
    assert decoded.pixels.shape[:2] == (1000, 1000)


@pytest.mark.parametrize("orientation", [1, 2, 3, 6, 8])
@pytest.mark.parametrize("image_format", ["PNG", "JPEG"])
def test_part_of_a_large_picture_can_be_seen_from_closer_by(image_format: str, orientation: int) -> None:
    sheet = Image.new("L", (4000, 2400), "white")
    sheet.paste(drawing("72", side=100, pen=8).convert("L"), (3200, 300))
    exif = Image.Exif()
    exif[0x0112] = orientation
    decoded = decode_image(encoded(sheet, image_format, exif=exif, quality=95))
    rows, columns = np.nonzero(decoded.grey() < 200)
    window = Window(int(columns.min()) - 5, int(rows.min()) - 5, int(np.ptp(columns)) + 11, int(np.ptp(rows)) + 11)

    near = decoded.closer(window)

    place = window.scaled(decoded.reduced).place
    upright = np.asarray(ImageOps.exif_transpose(Image.open(BytesIO(encoded(sheet, exif=exif)))))
    assert decoded.reduced == 4
    assert near.shape == upright[place].shape
    assert np.abs(near.astype(int) - upright[place]).mean() < 3


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_damaged_exif_does_not_matter() -> None:
    data = encoded(drawing("7", side=64), "JPEG", exif=b"Exif\0\0MM\0\x2a\xff\xff\xff\xff" + b"\xff" * 40)

    assert decode(data).shape == (64, 64)


@pytest.mark.parametrize("size", [(12000, 12000), (MAX_PIXELS // 100, 101), (20001, 10)])
def test_too_many_pixels_are_refused_from_the_header(size: tuple[int, int]) -> None:
    for data in (_png_header(*size), _webp_header(min(size[0], 1 << 24), min(size[1], 1 << 24))):
        with pytest.raises(ImageTooLarge):
            inspect(data)


@pytest.mark.parametrize("size", [(1, 300), (300, 1), (7, 7)])
def test_slivers_are_refused(size: tuple[int, int]) -> None:
    with pytest.raises(UnreadableImage):
        inspect(encoded(Image.new("L", size)))


@pytest.mark.parametrize("image_format", ["PNG", "WEBP"])
def test_animation_is_refused(image_format: str) -> None:
    frames = [drawing("7", side=40), drawing("4", side=40)]

    data = encoded(frames[0], image_format, save_all=True, append_images=frames[1:], duration=100)

    with pytest.raises(UnsupportedFormat):
        inspect(data)


def test_first_picture_of_a_camera_file_with_several_is_read() -> None:
    data = encoded(drawing("7", side=64), "MPO", save_all=True, append_images=[drawing("4", side=64)])

    assert np.abs(decode(data).astype(int) - np.asarray(drawing("7", side=64).convert("L"))).mean() < 3


@pytest.mark.parametrize("image_format", ["PNG", "JPEG", "WEBP"])
def test_truncated_pictures_are_unreadable(image_format: str) -> None:
    whole = encoded(drawing("77"), image_format)

    for length in range(12, len(whole) - 20, max(1, len(whole) // 40)):
        with pytest.raises(ImageError):
            decode(whole[:length])


def test_polyglot_is_read_as_the_picture_it_begins_with() -> None:
    archive = b"PK\x03\x04<script>alert(1)</script>"

    assert decode(encoded(drawing("7")) + archive).shape == (280, 280)
    with pytest.raises(UnsupportedFormat):
        decode(archive + encoded(drawing("7")))


def test_jpeg_of_absurdly_many_scans_is_refused() -> None:
    data = encoded(drawing("7", side=32), "JPEG")

    with pytest.raises(UnreadableImage):
        decode(data + b"\xff\xda" * 200)


def test_text_bomb_in_a_png_is_refused() -> None:
    payload = zlib.compress(b"\0" * 100_000_000)
    data = b"zTXt" + b"Comment\0\0" + payload
    bomb = struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))
    plain = encoded(drawing("7"))

    with pytest.raises(UnreadableImage):
        decode(plain[:33] + bomb + plain[33:])


@given(st.binary(max_size=200))
def test_random_bytes_are_no_picture(data: bytes) -> None:
    with pytest.raises(ImageError):
        decode(data)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["PNG", "JPEG", "WEBP"]), st.data())
def test_flipped_bytes_never_crash(image_format: str, draw: st.DataObject) -> None:
    data = bytearray(encoded(drawing("4", side=48), image_format))
    for _ in range(draw.draw(st.integers(1, 8))):
        data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))

    try:
        grey = decode(bytes(data))
    except ImageError as error:
        assert str(error)
    else:
        assert grey.dtype == np.uint8


def test_errors_have_codes_and_sentences() -> None:
    codes = set()
    for data in (b"GIF89a", _png_header(9000, 9000), encoded(Image.new("L", (4, 4)))):
        with pytest.raises(ImageError) as caught:
            inspect(data)
        codes.add(caught.value.code)
        assert str(caught.value).endswith(".")

    assert codes == {"unsupported_format", "image_too_large", "unreadable_image"}
