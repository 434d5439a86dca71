"""The pictures that are sent: always the same ones, made here."""

import io

import cv2
import numpy as np
from PIL import Image, ImageDraw

STROKES = [(70, 40), (210, 40), (126, 252)]
SIDE = 280


def seven() -> bytes:
    """A seven drawn on a 280x280 canvas, as PNG."""
    return _png(_drawn())


def row_of_sevens(count: int) -> bytes:
    """So many sevens, at most ten in a row, as PNG; each as large as ten in a row of 1000 pixels can be."""
    side = 100
    columns = min(10, count)
    sheet = Image.new("RGB", (side * columns, side * -(-count // columns)), "white")
    small = _drawn().resize((side, side))
    for index in range(count):
        sheet.paste(small, (side * (index % columns), side * (index // columns)))
    return _png(sheet)


def photo(megapixels: float) -> bytes:
    """A photo of a seven on paper, in uneven light and with noise, as JPEG of so many million pixels."""
    width = int((megapixels * 1e6 * 4 / 3) ** 0.5)
    height = width * 3 // 4
    paper = np.linspace(140, 220, width, dtype=np.float32)[None, :] + np.zeros((height, 1), np.float32)
    rng = np.random.default_rng(1)
    grain = cv2.resize(rng.normal(0, 4, (height // 2, width // 2)).astype(np.float32), (width, height))
    ink = Image.new("L", (width, height), 0)
    scale = height / SIDE
    points = [(x * scale + (width - height) / 2, y * scale) for x, y in STROKES]
    ImageDraw.Draw(ink).line(points, fill=1, width=int(16 * scale), joint="curve")
    shown = np.where(np.asarray(ink) > 0, paper * 0.3, paper) + grain
    picture = Image.fromarray(np.clip(shown, 0, 255).astype(np.uint8)).convert("RGB")
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def _drawn() -> Image.Image:
    image = Image.new("RGB", (SIDE, SIDE), "white")
    ImageDraw.Draw(image).line(STROKES, fill="black", width=18, joint="curve")
    return image


def _png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
