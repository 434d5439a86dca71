"""The Recognizer with the shipped model: right digits, named refusals, and the same answer in any disguise."""

from io import BytesIO

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageOps

from ml.artifact import SHIPPED_MODEL
from ml.decoding import ImageError, UnsupportedFormat
from ml.inference import Picture, Reading, Recognizer
from tests.pictures import drawing, encoded, png

DIGITS = st.sampled_from("23479"[:4])


def _read(recognizer: Recognizer, data: bytes, digits: int | None = None) -> Reading:
    (outcome,) = recognizer.read([Picture(data, digits)])
    assert isinstance(outcome, Reading)
    return outcome


def _photographed(image: Image.Image, *, seed: int = 0) -> Image.Image:
    """On grey paper, under uneven light, with some noise."""
    shades = 210 - 0.55 * (255 - np.asarray(image.convert("L"), np.float64))
    rows, columns = np.mgrid[0 : shades.shape[0], 0 : shades.shape[1]]
    light = 1 - 0.3 * columns / shades.shape[1] - 0.1 * rows / shades.shape[0]
    noise = np.random.default_rng(seed).normal(0, 3, shades.shape)
    return Image.fromarray(np.clip(shades * light + noise, 0, 255).astype(np.uint8))


@pytest.mark.parametrize("digit", "12347")
def test_one_digit(recognizer: Recognizer, digit: str) -> None:
    reading = _read(recognizer, png(digit))

    (only,) = reading.digits
    assert (reading.text, reading.accepted, reading.reason) == (digit, True, None)
    assert only.digit == int(digit)
    assert len(only.probabilities) == 10
    assert sum(only.probabilities) == pytest.approx(1, abs=1e-3)
    assert 0.5 < only.confidence <= 1
    assert only.preview.shape == (28, 28) and only.preview.dtype == np.uint8 and only.preview.max() > 200


def test_several_digits_in_reading_order(recognizer: Recognizer) -> None:
    reading = _read(recognizer, png("7342"))

    assert reading.text == "7342"
    assert [digit.box[0] // 280 for digit in reading.digits] == [0, 1, 2, 3]
    assert 0.8 < reading.confidence <= np.prod([digit.confidence for digit in reading.digits]) + 1e-9


def test_boxes_are_in_pixels_of_the_upright_original(recognizer: Recognizer) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = drawing("74", side=1500, pen=100).transpose(Image.Transpose.ROTATE_90)

    reading = _read(recognizer, encoded(stored, "JPEG", exif=exif))

    assert (reading.text, reading.width, reading.height) == ("74", 3000, 1500)
    x, y, width, height = reading.digits[1].box
    assert 1780 < x < 1900 and 50 < y < 150 and 850 < width < 1000 and 1200 < height < 1400


def test_known_number_of_digits(recognizer: Recognizer) -> None:
    assert len(_read(recognizer, png("73"), digits=2).text) == 2


def test_bad_pictures_do_not_spoil_the_others(recognizer: Recognizer) -> None:
    outcomes = recognizer.read([Picture(png("7")), Picture(b"GIF89a"), Picture(png("4")[:200]), Picture(png("2"))])

    assert [one.text for one in outcomes if isinstance(one, Reading)] == ["7", "2"]
    assert isinstance(outcomes[1], UnsupportedFormat)
    assert isinstance(outcomes[2], ImageError)


def test_nothing_to_read(recognizer: Recognizer) -> None:
    assert recognizer.read([]) == []


@pytest.mark.parametrize("shade", ["white", "black", "grey"])
def test_blank(recognizer: Recognizer, shade: str) -> None:
    reading = _read(recognizer, encoded(Image.new("RGB", (280, 280), shade)))

    assert (reading.text, reading.accepted, reading.reason, reading.digits) == ("", False, "blank", ())


def test_photographed_blank_paper(recognizer: Recognizer) -> None:
    assert _read(recognizer, encoded(_photographed(Image.new("L", (400, 300), "white")))).reason == "blank"


def test_too_faint(recognizer: Recognizer) -> None:
    reading = _read(recognizer, encoded(drawing("7", ink="#f4f4f4")))

    assert (reading.text, reading.reason) == ("7", "too_faint")


def test_too_many(recognizer: Recognizer) -> None:
    page = np.tile(np.asarray(drawing("7", side=60, pen=5).convert("L")), (9, 9))

    reading = _read(recognizer, encoded(Image.fromarray(page)))

    assert reading.reason == "too_many"
    assert reading.text.startswith("777")


@pytest.mark.parametrize(
    "strokes",
    [
        [(60, 60), (220, 60), (220, 220), (60, 220), (60, 60)],
        [(60, 150), (120, 220), (230, 50)],
        [(60, 220), (60, 60), (60, 140), (200, 140), (200, 60), (200, 220)],
        [(60, 60), (220, 220), (140, 140), (220, 60), (60, 220)],
    ],
    ids=["box", "tick", "H", "cross"],
)
def test_signs_and_letters_are_refused_though_their_parts_look_like_digits(
    recognizer: Recognizer, strokes: list[tuple[int, int]]
) -> None:
    picture = Image.new("L", (280, 280), "white")
    ImageDraw.Draw(picture).line(strokes, fill="black", width=14, joint="curve")

    reading = _read(recognizer, encoded(picture))

    assert (reading.accepted, reading.reason) == (False, "not_a_digit")


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("side", [60, 140, 280])
@pytest.mark.parametrize("share", [0.05, 0.1, 0.18])
@pytest.mark.parametrize("digit", "2347")
def test_digit_cropped_to_its_ink_is_neither_ruled_nor_inverted(
    recognizer: Recognizer, digit: str, share: float, side: int, inverted: bool
) -> None:
    whole = drawing(digit, side=side, pen=max(4, round(share * side))).convert("L")
    crop = whole.crop(ImageOps.invert(whole).getbbox())

    reading = _read(recognizer, encoded(ImageOps.invert(crop) if inverted else crop))

    assert (reading.text, reading.accepted) == (digit, True)


@pytest.mark.parametrize(("dot", "accepted"), [((140, 230), False), ((175, 185), True)])
def test_exclamation_mark_is_refused_and_a_full_stop_is_left_out(
    recognizer: Recognizer, dot: tuple[int, int], accepted: bool
) -> None:
    picture = Image.new("L", (280, 280), "white")
    pen = ImageDraw.Draw(picture)
    pen.line([(142, 50), (140, 190)], fill="black", width=14)
    pen.ellipse((dot[0] - 9, dot[1] - 9, dot[0] + 9, dot[1] + 9), fill="black")

    reading = _read(recognizer, encoded(picture))

    assert (reading.text, reading.accepted) == ("1", accepted)


def test_star_beside_a_number_is_left_out(recognizer: Recognizer) -> None:
    picture = Image.new("L", (1120, 280), "white")
    picture.paste(drawing("347").convert("L"), (280, 0))
    for stroke in [(80, 90, 200, 190), (200, 90, 80, 190), (140, 65, 140, 215), (60, 140, 220, 140)]:
        ImageDraw.Draw(picture).line(stroke, fill="black", width=18)

    reading = _read(recognizer, encoded(picture))

    assert (reading.text, reading.accepted) == ("347", True)


@pytest.mark.parametrize("box", [(110, 110, 170, 170), (50, 50, 230, 230), (20, 20, 260, 260), (60, 40, 200, 240)])
@pytest.mark.parametrize("shape", ["ellipse", "rectangle"])
def test_solid_blot_is_no_digit(recognizer: Recognizer, shape: str, box: tuple[int, int, int, int]) -> None:
    picture = Image.new("L", (280, 280), "white")
    getattr(ImageDraw.Draw(picture), shape)(box, fill="black")

    reading = _read(recognizer, encoded(picture))

    assert (reading.accepted, reading.reason) == (False, "not_a_digit")


@pytest.mark.parametrize("digit", "23568")
def test_small_digit_broken_across_is_not_read_by_its_upper_half(recognizer: Recognizer, digit: str) -> None:
    picture = np.full((28, 28), 255, np.uint8)
    cv2.putText(picture, digit, (6, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2, cv2.LINE_AA)
    picture[13:15] = 255

    reading = _read(recognizer, cv2.imencode(".png", picture)[1].tobytes())

    assert reading.text == digit or not reading.accepted


def test_threshold_can_be_moved() -> None:
    strict = Recognizer.load(SHIPPED_MODEL, confidence=1.0, outlier=1.0)

    reading = _read(strict, png("7"))

    assert (reading.text, reading.accepted, reading.reason) == ("7", False, "ambiguous")


def test_stored_picture_reads_the_same(recognizer: Recognizer) -> None:
    reading = _read(recognizer, png("472"))

    again = _read(recognizer, reading.image)

    assert (again.text, again.width, again.height) == ("472", reading.width, reading.height)
    assert Image.open(BytesIO(reading.image)).format == reading.image_format.upper()


def test_batch_answers_as_one_by_one(recognizer: Recognizer) -> None:
    pictures = [Picture(png(digits)) for digits in ("1", "22", "743", "4", "7", "3", "2")]

    together = recognizer.read(pictures)

    for picture, reading in zip(pictures, together, strict=True):
        assert isinstance(reading, Reading)
        alone = _read(recognizer, picture.data)
        assert alone.text == reading.text
        assert alone.confidence == pytest.approx(reading.confidence, abs=1e-4)


def _sixteen_bits(image: Image.Image) -> Image.Image:
    return Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257)


def _rgba(image: Image.Image) -> Image.Image:
    ink = ImageOps.invert(image.convert("L"))
    return Image.merge("LA", (Image.new("L", ink.size, 0), ink)).convert("RGBA")


DISGUISES = {
    "inverted": lambda image: encoded(ImageOps.invert(image)),
    "transparent": lambda image: encoded(_rgba(image)),
    "16 bits": lambda image: encoded(_sixteen_bits(image)),
    "palette": lambda image: encoded(image.convert("P")),
    "cmyk": lambda image: encoded(image.convert("CMYK"), "JPEG"),
    "jpeg": lambda image: encoded(image, "JPEG", quality=40),
    "webp": lambda image: encoded(image, "WEBP", quality=50),
    "grey paper": lambda image: encoded(image.convert("L").point(lambda shade: 90 + shade // 3)),
    "photo": lambda image: encoded(_photographed(image), "JPEG"),
    "light photo on dark": lambda image: encoded(ImageOps.invert(_photographed(image)), "JPEG"),
    "blurred": lambda image: encoded(Image.fromarray(cv2.GaussianBlur(np.asarray(image), (0, 0), 3))),
}


@pytest.mark.parametrize("disguise", DISGUISES)
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    digit=DIGITS, side=st.integers(120, 400), share=st.floats(0.05, 0.09), shift=st.tuples(*[st.integers(0, 60)] * 2)
)
def test_digit_in_disguise_reads_the_same(
    recognizer: Recognizer, disguise: str, digit: str, side: int, share: float, shift: tuple[int, int]
) -> None:
    image = Image.new("RGB", (side + 60, side + 60), "white")
    image.paste(drawing(digit, side=side, pen=max(4, round(share * side))), shift)

    reading = _read(recognizer, DISGUISES[disguise](image))

    assert reading.text == digit


@pytest.mark.parametrize("side", [16, 20, 28, 64, 600, 2000, 4000])
def test_pictures_of_any_size(recognizer: Recognizer, side: int) -> None:
    image = drawing("7", side=2000, pen=160).resize((side, side), Image.Resampling.BOX)

    assert _read(recognizer, encoded(image)).text == "7"


@settings(max_examples=25, deadline=None)
@given(st.integers(8, 200), st.integers(8, 200), st.integers(0, 2**32 - 1), st.floats(0.3, 8))
def test_texture_of_any_kind_is_answered(
    recognizer: Recognizer, height: int, width: int, seed: int, grain: float
) -> None:
    noise = np.random.default_rng(seed).random((height, width))
    picture = (cv2.GaussianBlur(noise, (0, 0), grain) > 0.5) * np.uint8(255)

    reading = _read(recognizer, encoded(Image.fromarray(picture)))

    assert reading.accepted == (reading.reason is None)
    assert len(reading.text) == len(reading.digits)
