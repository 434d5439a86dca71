"""Encoding: what is stored holds the pixels and nothing else."""

import io

import numpy as np
from PIL import Image

from ml.decoding import decode_image
from ml.encoding import STORED_SIDE, encode_for_storing, encode_png
from tests.pictures import drawing, encoded


def _open(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def test_drawing_is_stored_without_loss_and_as_grey_when_it_is_grey() -> None:
    picture = drawing("7")

    data, image_format = encode_for_storing(decode_image(encoded(picture)).pixels, lossy=False)

    assert image_format == "png"
    assert _open(data).mode == "L"
    assert np.array_equal(np.asarray(_open(data)), np.asarray(picture)[..., 0])


def test_colours_survive() -> None:
    pixels = np.asarray(drawing("7", ink="red", paper="lightblue"))

    data, _ = encode_for_storing(pixels, lossy=False)

    assert np.array_equal(np.asarray(_open(data)), pixels)


def test_photo_is_stored_as_jpeg_no_larger_than_needed() -> None:
    pixels = np.asarray(drawing("7", side=2400))

    data, image_format = encode_for_storing(pixels, lossy=True)

    assert image_format == "jpeg"
    assert _open(data).size == (STORED_SIDE, STORED_SIDE)


def test_noise_that_a_png_cannot_pack_becomes_a_jpeg() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (500, 500, 3)).astype(np.uint8)

    data, image_format = encode_for_storing(pixels, lossy=False)

    assert image_format == "jpeg"
    assert _open(data).format == "JPEG"


def test_no_metadata_and_no_stowaway_survives() -> None:
    exif = Image.Exif()
    exif[0x010E] = "at home, 48.2 N 16.4 E"
    upload = encoded(drawing("7"), "JPEG", exif=exif, comment=b"secret") + b"<script>alert(1)</script>"

    data, _ = encode_for_storing(decode_image(upload).pixels, lossy=True)

    assert not any(word in data for word in (b"home", b"secret", b"script", b"Exif"))


def test_preview_is_a_png_of_the_same_pixels() -> None:
    preview = np.arange(784, dtype=np.uint16).reshape(28, 28).astype(np.uint8)

    assert np.array_equal(np.asarray(_open(encode_png(preview))), preview)
