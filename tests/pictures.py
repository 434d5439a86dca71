"""Pictures for tests: digits drawn with a round pen, as a canvas would, in any colours and format."""

import io

from PIL import Image, ImageDraw

# Strokes on a 100 x 100 field, as a person would draw them.
STROKES: dict[str, list[list[tuple[float, float]]]] = {
    "1": [[(50, 10), (50, 90)]],
    "2": [[(28, 30), (35, 15), (50, 10), (65, 15), (70, 30), (62, 48), (45, 68), (26, 88), (74, 88)]],
    "3": [[(30, 15), (50, 10), (68, 20), (65, 38), (48, 47), (68, 56), (72, 74), (55, 90), (30, 85)]],
    "4": [[(60, 90), (60, 10), (24, 62), (78, 62)]],
    "7": [[(25, 14), (75, 14), (45, 90)]],
}


def drawing(
    digits: str, *, side: int = 280, pen: int = 18, ink: str = "black", paper: str = "white", mode: str = "RGB"
) -> Image.Image:
    """The digits side by side, each on a square field of `side` pixels."""
    image = Image.new("RGB", (side * len(digits), side), paper)
    draw = ImageDraw.Draw(image)
    for index, digit in enumerate(digits):
        for stroke in STROKES[digit]:
            points = [(index * side + x * side / 100, y * side / 100) for x, y in stroke]
            draw.line(points, fill=ink, width=pen, joint="curve")
            for x, y in points:
                draw.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), fill=ink)
    return image.convert(mode)


def encoded(image: Image.Image, image_format: str = "PNG", **options: object) -> bytes:
    """The picture as a file."""
    buffer = io.BytesIO()
    image.save(buffer, image_format, **options)
    return buffer.getvalue()


def png(digits: str) -> bytes:
    """A PNG of the digits."""
    return encoded(drawing(digits))
