"""The picture that goes with an answer."""

import io

from PIL import Image

from telegram_integration.drawing import DOUBT_COLOUR, SIDE, SURE_COLOUR, draw_marks
from telegram_integration.results import Mark, Result
from tests.pictures import png


def result(*marks: Mark, image: bytes | None = None, size: tuple[int, int] = (560, 280)) -> Result:
    return Result(1, "17", 0.95, True, marks=marks, size=size, image=image or png("17"))


def opened(data: bytes | None) -> Image.Image:
    assert data is not None
    return Image.open(io.BytesIO(data)).convert("RGB")


def test_box_lies_where_the_digit_is_whatever_size_the_picture_had() -> None:
    left, right = Mark(1, 0.99, (1200, 100, 160, 900)), Mark(7, 0.4, (3200, 140, 1200, 860))

    picture = opened(draw_marks("en", [result(left, right, size=(5600, 2800))]))

    scale = SIDE / 5600
    assert picture.size == (SIDE, SIDE // 2)
    assert picture.getpixel((int(1200 * scale) - 5, int(500 * scale))) == rgb(SURE_COLOUR)
    assert picture.getpixel((int(3200 * scale) - 5, int(500 * scale))) == rgb(DOUBT_COLOUR)


def test_certain_single_digit_needs_no_picture() -> None:
    assert draw_marks("en", [result(Mark(7, 0.99, (0, 0, 10, 10)))]) is None


def test_figures_are_the_readers() -> None:
    marks = (Mark(4, 0.99, (50, 50, 60, 200)), Mark(6, 0.99, (200, 50, 60, 200)))

    assert draw_marks("en", [result(*marks)]) != draw_marks("fa", [result(*marks)])


def test_album_makes_one_sheet() -> None:
    marks = (Mark(1, 0.99, (100, 20, 40, 200)), Mark(7, 0.99, (380, 20, 120, 200)))

    sheet = opened(draw_marks("en", [result(*marks)] * 4))

    assert sheet.width > 3 * SIDE and sheet.height > 2 * SIDE


def test_boxes_at_the_edge_stay_within_the_picture() -> None:
    tiny = Image.new("L", (8, 2000), 255)
    buffer = io.BytesIO()
    tiny.save(buffer, "PNG")
    marks = (Mark(1, 0.5, (0, 0, 8, 2000)), Mark(7, 0.5, (0, 1990, 8, 10)))

    assert opened(draw_marks("en", [result(*marks, image=buffer.getvalue(), size=(8, 2000))])).height == SIDE


def rgb(colour: str) -> tuple[int, int, int]:
    return tuple(bytes.fromhex(colour[1:]))  # type: ignore[return-value]
