"""The picture that goes with an answer: what was read where."""

from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from telegram_integration.results import SURE, Mark, Result
from telegram_integration.speech import figures

SIDE = 800
GAP = 16
SURE_COLOUR = "#15803d"
DOUBT_COLOUR = "#c2410c"
PLACE_COLOUR = "#1f2937"
# Western and Persian figures only, so that every machine draws the same.
FIGURES_FONT = Path(__file__).parent / "fonts" / "figures.ttf"


def draw_marks(language: str, results: Sequence[Result]) -> bytes | None:
    """A PNG with each digit's box and number on the picture, numbered sheets side by side for an album.

    Green is sure, orange in doubt. None when no picture needs explaining.
    """
    drawn = [
        _draw(language, result, place if len(results) > 1 else None)
        for place, result in enumerate(results, start=1)
        if result.needs_drawing
    ]
    if not drawn:
        return None
    buffer = BytesIO()
    _sheet(drawn).save(buffer, "PNG")
    return buffer.getvalue()


def _draw(language: str, result: Result, place: int | None) -> Image.Image:
    picture = Image.open(BytesIO(result.image)).convert("RGB")
    scale = SIDE / max(picture.size)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    picture = picture.resize(size, Image.Resampling.LANCZOS)
    for mark in result.marks:
        scales = (size[0] / result.size[0], size[1] / result.size[1])
        _draw_mark(picture, mark, scales, figures(language, str(mark.digit)))
    if place is not None:
        _label(picture, (GAP // 2, GAP // 2), figures(language, str(place)), PLACE_COLOUR)
    return picture


def _draw_mark(picture: Image.Image, mark: Mark, scale: tuple[float, float], figure: str) -> None:
    x, y, width, height = mark.box
    left, top = x * scale[0], y * scale[1]
    corners = (left, top, left + width * scale[0], top + height * scale[1])
    colour = SURE_COLOUR if mark.confidence >= SURE else DOUBT_COLOUR
    ImageDraw.Draw(picture).rectangle(_grown(corners, picture.size), outline=colour, width=4)
    _label(picture, (left, top), figure, colour)


def _grown(corners: tuple[float, float, float, float], size: tuple[int, int]) -> tuple[float, ...]:
    """A little air around the ink, within the picture."""
    left, top, right, bottom = corners
    return (max(0, left - 6), max(0, top - 6), min(size[0] - 1, right + 6), min(size[1] - 1, bottom + 6))


def _label(picture: Image.Image, corner: tuple[float, float], text: str, colour: str) -> None:
    """White on a plate above the box, or below its upper edge where there is no room above."""
    width, height = 34, 42
    left = min(max(0.0, corner[0] - 6), picture.width - width)
    top = corner[1] - 6 - height if corner[1] - 6 >= height else max(0.0, corner[1] - 6)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((left, top, left + width, top + height), fill=colour)
    draw.text((left + width / 2, top + height / 2), text, fill="white", font=_font(), anchor="mm")


@lru_cache(maxsize=1)
def _font() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FIGURES_FONT, 32)


def _sheet(pictures: Sequence[Image.Image]) -> Image.Image:
    """One picture as it is; several in rows of up to three."""
    if len(pictures) == 1:
        return pictures[0]
    columns = min(3, len(pictures))
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * (SIDE + GAP) + GAP, rows * (SIDE + GAP) + GAP), "#e5e7eb")
    for index, picture in enumerate(pictures):
        row, column = divmod(index, columns)
        left = GAP + column * (SIDE + GAP) + (SIDE - picture.width) // 2
        top = GAP + row * (SIDE + GAP) + (SIDE - picture.height) // 2
        sheet.paste(picture, (left, top))
    return sheet
