"""What people send beside plain digits: forms, tables, dates, underlined and stacked numbers, sheets on a desk."""

from collections.abc import Callable
from io import BytesIO

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from ml import line_reading
from ml.encoding import STORED_SIDE
from ml.inference import Picture, Reading, Recognizer
from tests.pictures import drawing, encoded

Draw = Callable[[ImageDraw.ImageDraw], None]


def _read(recognizer: Recognizer, picture: Image.Image, image_format: str = "PNG") -> Reading:
    (reading,) = recognizer.read([Picture(encoded(picture, image_format))])
    assert isinstance(reading, Reading)
    return reading


def _sheet(
    digits: str, draw: Draw = lambda pen: None, *, side: int = 120, margin: int = 60, width: int = 10
) -> Image.Image:
    """Digits in a row with paper around them, on which something else is drawn, too."""
    row = drawing(digits, side=side, pen=width).convert("L")
    sheet = Image.new("L", (row.width + 2 * margin, row.height + 2 * margin), "white")
    sheet.paste(row, (margin, margin))
    draw(ImageDraw.Draw(sheet))
    return sheet


def _photographed(sheet: Image.Image, *, ink: float = 0.55, seed: int = 0) -> NDArray[np.float64]:
    """As a photograph under a gradient of light, with noise."""
    covered = 1 - ink * (1 - np.asarray(sheet, np.float64) / 255)
    light = np.linspace(200, 150, sheet.width)[None, :] * np.linspace(1, 0.92, sheet.height)[:, None]
    return covered * light + np.random.default_rng(seed).normal(0, 3, covered.shape)


def _picture(values: NDArray[np.float64]) -> Image.Image:
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def _boxes(apart: int) -> Draw:
    def draw(pen: ImageDraw.ImageDraw) -> None:
        for index in range(3):
            left = 60 + 120 * index + apart
            pen.rectangle((left, 55, left + 120 - 2 * apart, 185), outline="black", width=4)

    return draw


@pytest.mark.parametrize("photographed", [False, True])
@pytest.mark.parametrize("apart", [0, 4])
def test_boxes_of_a_form(recognizer: Recognizer, apart: int, photographed: bool) -> None:
    sheet = _sheet("347", _boxes(apart))

    reading = _read(recognizer, _picture(_photographed(sheet)) if photographed else sheet)

    assert (reading.text, reading.accepted) == ("347", True)


@pytest.mark.parametrize("photographed", [False, True])
@pytest.mark.parametrize("lines", [1, 2])
def test_underlined_number(recognizer: Recognizer, lines: int, photographed: bool) -> None:
    def draw(pen: ImageDraw.ImageDraw) -> None:
        for line in range(lines):
            pen.line((50, 176 + 14 * line, 430, 180 + 14 * line), fill="black", width=6)

    sheet = _sheet("347", draw)

    reading = _read(recognizer, _picture(_photographed(sheet)) if photographed else sheet)

    assert (reading.text, reading.accepted) == ("347", True)


@pytest.mark.parametrize("photographed", [False, True])
@pytest.mark.parametrize("tilt", [-8, 0, 4])
@pytest.mark.parametrize(("text", "y"), [("347", 170), ("21", 174), ("1432", 178), ("7", 174)])
def test_underline_on_which_digits_stand(
    recognizer: Recognizer, text: str, y: int, tilt: int, photographed: bool
) -> None:
    sheet = _sheet(text, lambda pen: pen.line((50, y, 70 + 120 * len(text), y + tilt), fill="black", width=6))

    reading = _read(recognizer, _picture(_photographed(sheet)) if photographed else sheet)

    assert (reading.text, reading.accepted) == (text, True)


def test_sixty_small_digits_on_a_page(recognizer: Recognizer) -> None:
    page = Image.new("L", (1000, 800), "white")
    for line in range(6):
        page.paste(drawing("1234712347", side=70, pen=5).convert("L"), (100, 40 + 120 * line))

    reading = _read(recognizer, page)

    assert (reading.text, reading.accepted) == ("1234712347" * 6, True)


def test_digits_in_a_column(recognizer: Recognizer) -> None:
    sheet = Image.new("L", (240, 420), "white")
    for place, digit in enumerate("347"):
        sheet.paste(drawing(digit, side=120, pen=10).convert("L"), (60, 20 + 120 * place))

    reading = _read(recognizer, sheet)

    assert (reading.text, reading.accepted) == ("347", True)


def test_digit_that_hangs_on_the_one_above_is_not_read_as_one(recognizer: Recognizer) -> None:
    sheet = Image.new("L", (480, 320), "white")
    for column, digits in enumerate(("22", "33", "44")):
        for line, digit in enumerate(digits):
            top = 20 + (100 if column == 1 else 140) * line
            ink = drawing(digit, side=120, pen=10).convert("L")
            sheet.paste("black", (60 + 120 * column, top), ink.point(lambda value: 255 - value))

    assert not _read(recognizer, sheet).accepted


def test_digit_that_hangs_on_what_the_border_cuts_off(recognizer: Recognizer) -> None:
    row = Image.new("L", (420, 280), "white")
    for left, digit in ((0, "3"), (140, "4")):
        ink = drawing(digit, pen=22).convert("L").point(lambda value: 255 - value)
        row.paste("black", (left, 0), ink)

    reading = _read(recognizer, row.crop((160, 0, 420, 280)))

    assert (reading.text, reading.accepted) == ("4", True)


def test_fine_writing_on_several_lines_of_a_photograph(recognizer: Recognizer) -> None:
    sheet = Image.new("L", (1200, 900), "white")
    for line, digits in enumerate(("1471", "7213", "4112")):
        sheet.paste(drawing(digits, side=180, pen=12).convert("L"), (200, 120 + 240 * line))

    reading = _read(recognizer, _picture(_photographed(sheet)), "JPEG")

    assert (reading.text, reading.accepted) == ("147172134112", True)


@pytest.mark.parametrize("image_format", ["PNG", "JPEG"])
def test_long_strip(recognizer: Recognizer, image_format: str) -> None:
    sheet = _sheet("3472143472", side=70, margin=10, width=5)
    strip = Image.new("L", (2600, sheet.height), "white")
    strip.paste(sheet, (900, 0))

    reading = _read(recognizer, strip, image_format)

    assert (reading.text, reading.accepted) == ("3472143472", True)
    assert all(900 < digit.box[0] < 1700 for digit in reading.digits)


def _page(digits: str, size: tuple[int, int], place: tuple[int, int], *, side: int, width: int) -> Image.Image:
    """A large sheet with a small number on it."""
    page = Image.new("L", size, "white")
    page.paste(drawing(digits, side=side, pen=width).convert("L"), place)
    return page


@pytest.mark.parametrize("image_format", ["PNG", "JPEG"])
def test_small_writing_on_a_photograph_of_a_whole_page(recognizer: Recognizer, image_format: str) -> None:
    page = _page("3472", (3000, 4000), (1900, 2700), side=70, width=5)
    ImageDraw.Draw(page).line((0, 2790, 3000, 2800), fill=200, width=4)

    reading = _read(recognizer, _picture(_photographed(page)), image_format)

    assert (reading.text, reading.accepted) == ("3472", True)
    assert all(1900 < digit.box[0] < 2180 and 2690 < digit.box[1] < 2730 for digit in reading.digits)
    assert all(40 < digit.box[3] < 75 for digit in reading.digits)
    assert max(Image.open(BytesIO(reading.image)).size) == STORED_SIDE
    (again,) = recognizer.read([Picture(reading.image)])
    assert isinstance(again, Reading)
    assert (again.text, again.accepted) == ("3472", True)


def test_small_writing_on_a_large_drawing(recognizer: Recognizer) -> None:
    reading = _read(recognizer, _page("3472", (1920, 1080), (1500, 200), side=20, width=2))

    assert (reading.text, reading.accepted) == ("3472", True)
    assert all(1500 < digit.box[0] < 1580 and 195 < digit.box[1] < 206 for digit in reading.digits)


def test_small_writing_on_a_page_that_lies_on_its_side(recognizer: Recognizer) -> None:
    page = _page("3472", (4000, 3000), (2900, 700), side=70, width=5)
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = _picture(_photographed(page)).transpose(Image.Transpose.ROTATE_90)

    (reading,) = recognizer.read([Picture(encoded(stored, "JPEG", exif=exif))])

    assert isinstance(reading, Reading)
    assert (reading.text, reading.accepted) == ("3472", True)
    assert (reading.width, reading.height) == (4000, 3000)
    assert all(2900 < digit.box[0] < 3180 for digit in reading.digits)


@pytest.mark.parametrize("ruled", [False, True])
def test_empty_page(recognizer: Recognizer, ruled: bool) -> None:
    page = Image.new("L", (3000, 4000), "white")
    if ruled:
        for top in range(200, 4000, 120):
            ImageDraw.Draw(page).line((0, top, 3000, top + 20), fill=170, width=4)

    reading = _read(recognizer, _picture(_photographed(page)), "JPEG")

    assert (reading.accepted, reading.text) == (False, "")


@pytest.mark.parametrize("shadow", [False, True])
def test_sheet_on_a_dark_desk_in_uneven_light(recognizer: Recognizer, shadow: bool) -> None:
    photo = _photographed(_sheet("347", margin=120))
    if shadow:
        photo *= np.interp(np.arange(photo.shape[1]), (0.2 * photo.shape[1], 0.5 * photo.shape[1]), (0.62, 1.0))
    desk = np.random.default_rng(1).normal(50, 4, (photo.shape[0] + 160, photo.shape[1] + 160))
    desk[80:-80, 80:-80] = photo

    reading = _read(recognizer, _picture(desk))

    assert (reading.text, reading.accepted) == ("347", True)


@pytest.mark.parametrize("shadow", [False, True])
def test_sheet_at_a_slant_on_a_desk_with_a_grain(recognizer: Recognizer, shadow: bool) -> None:
    sheet = _photographed(_sheet("347", margin=120))
    height, width = 460, 760
    corners = np.array([(90, 70), (690, 30), (730, 420), (50, 390)], np.float32)
    ends = np.array([(0, 0), (sheet.shape[1], 0), sheet.shape[::-1], (0, sheet.shape[0])], np.float32)
    slant = cv2.getPerspectiveTransform(ends, corners)
    covered = cv2.warpPerspective(np.ones_like(sheet), slant, (width, height))
    grain = cv2.resize(np.random.default_rng(2).normal(80, 9, (height // 3, 6)), (width, height))
    photo = covered * cv2.warpPerspective(sheet, slant, (width, height)) + (1 - covered) * grain
    if shadow:
        photo *= np.interp(np.add.outer(np.arange(height), np.arange(width)), (500, 560), (1.0, 0.75))

    reading = _read(recognizer, _picture(photo), "JPEG")

    assert (reading.text, reading.accepted) == ("347", True)


@pytest.mark.parametrize("digit", "2347")
def test_small_digit_in_the_corner_of_a_sheet_on_a_desk(recognizer: Recognizer, digit: str) -> None:
    page = _page(digit, (2000, 1500), (540, 440), side=140, width=4)
    photo = _photographed(page)
    photo[:400] = photo[:, :500] = 55
    photo += np.random.default_rng(0).normal(0, 3, photo.shape)

    reading = _read(recognizer, _picture(photo), "JPEG")

    assert (reading.text, reading.accepted) == (digit, True)


@pytest.mark.parametrize("shade", [150, 210, 245])
@pytest.mark.parametrize("digit", "2347")
def test_dithered_photograph(recognizer: Recognizer, digit: str, shade: int) -> None:
    photo = _photographed(_sheet(digit, side=200, margin=40, width=16)) * shade / 200

    reading = _read(recognizer, _picture(photo).convert("1"))

    assert (reading.text, reading.accepted) == (digit, True)


def test_punched_holes_are_no_zeros(recognizer: Recognizer) -> None:
    def draw(pen: ImageDraw.ImageDraw) -> None:
        for top in (40, 150):
            pen.ellipse((8, top, 52, top + 44), fill="black")

    reading = _read(recognizer, _sheet("347", draw))

    assert (reading.text, reading.accepted) == ("347", True)


def test_brackets_around_digits_are_no_ones(recognizer: Recognizer) -> None:
    def draw(pen: ImageDraw.ImageDraw) -> None:
        pen.arc((60, 40, 140, 200), 120, 240, fill="black", width=8)
        pen.arc((340, 40, 420, 200), -60, 60, fill="black", width=8)

    reading = _read(recognizer, _sheet("347", draw))

    assert (reading.text, reading.accepted) == ("347", True)


def _date() -> Image.Image:
    sheet = Image.new("L", (860, 240), "white")
    for left, digits in ((60, "24"), (320, "37"), (560, "42")):
        sheet.paste(drawing(digits, side=110, pen=10).convert("L"), (left, 60))
    for left in (285, 525):
        ImageDraw.Draw(sheet).line((left, 190, left + 50, 40), fill="black", width=10)
    return sheet


@pytest.mark.parametrize("photographed", [False, True])
def test_slashes_of_a_date_are_no_ones(recognizer: Recognizer, photographed: bool) -> None:
    reading = _read(recognizer, _picture(_photographed(_date())) if photographed else _date())

    assert (reading.text, reading.accepted) == ("243742", True)


def test_slashes_are_not_believed_to_be_ones_where_the_line_network_cannot_tell(
    recognizer: Recognizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_reading, "_LONGEST", 0)

    reading = _read(recognizer, _date())

    assert (reading.accepted, reading.reason) == (False, "ambiguous")


def test_per_cent_sign_is_left_out(recognizer: Recognizer) -> None:
    def draw(pen: ImageDraw.ImageDraw) -> None:
        pen.line((330, 170, 390, 70), fill="black", width=8)
        pen.ellipse((310, 70, 345, 105), outline="black", width=8)
        pen.ellipse((375, 135, 410, 170), outline="black", width=8)

    row = _sheet("34", margin=60)
    sheet = Image.new("L", (480, row.height), "white")
    sheet.paste(row, (0, 0))
    draw(ImageDraw.Draw(sheet))

    reading = _read(recognizer, sheet)

    assert (reading.text, reading.accepted) == ("34", True)


@pytest.mark.parametrize("digit", "2347")
@pytest.mark.parametrize("inverted", [False, True])
def test_broad_digit_cropped_tightly_from_a_photograph(recognizer: Recognizer, digit: str, inverted: bool) -> None:
    values = _photographed(drawing(digit, side=160, pen=22).convert("L"))
    rows, columns = np.nonzero(np.asarray(drawing(digit, side=160, pen=22).convert("L")) < 128)
    crop = values[rows.min() - 3 : rows.max() + 4, columns.min() - 3 : columns.max() + 4]

    reading = _read(recognizer, _picture(255 - crop if inverted else crop), "JPEG")

    assert (reading.text, reading.accepted) == (digit, True)


@pytest.mark.parametrize("digit", "2347")
@pytest.mark.parametrize("side", [16, 24])
def test_photographed_digit_of_few_pixels(recognizer: Recognizer, side: int, digit: str) -> None:
    large = _picture(_photographed(drawing(digit, side=160, pen=12).convert("L"), ink=0.35))
    photo = large.resize((side, side), Image.Resampling.BOX)

    reading = _read(recognizer, photo)

    assert (reading.text, reading.accepted) == (digit, True)
    assert all(0 <= place < side for place in reading.digits[0].box[:2])
    assert reading.digits[0].box[3] > side / 2


@pytest.mark.parametrize("digit", "2347")
def test_small_digit_beside_the_edge_of_a_shadow(recognizer: Recognizer, digit: str) -> None:
    page = _page(digit, (1600, 1200), (500, 400), side=150, width=11)
    values = _photographed(page)
    rows, columns = np.mgrid[: page.height, : page.width]
    values *= 1 - 0.45 / (1 + np.exp((columns + 0.3 * rows - 850) / 30))

    reading = _read(recognizer, _picture(values), "JPEG")

    assert (reading.text, reading.accepted) == (digit, True)
