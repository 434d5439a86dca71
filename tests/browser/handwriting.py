"""A hand that writes: digits as pen strokes, moved through a real mouse on a real canvas."""

from collections.abc import Iterable, Sequence

from playwright.sync_api import FloatRect, Locator, Page

Point = tuple[float, float]

# In a box of 100 x 100, y down: one string a stroke.
STROKES: dict[str, list[str]] = {
    "0": [
        "52,2 30,10 16,35 16,65 30,90 52,98 74,88 86,62 84,35 72,10 52,2",
    ],
    "1": [
        "30,22 56,2 55,50 54,98",
    ],
    "2": [
        "16,26 26,8 50,2 74,10 80,30 68,52 42,76 16,97 50,95 86,97",
    ],
    "3": [
        "18,12 45,2 74,12 76,32 58,46 40,48 64,52 82,70 74,90 48,99 18,90",
    ],
    "4": [
        "50,2 34,30 14,64 50,65 90,62",
        "70,34 68,66 66,99",
    ],
    "5": [
        "80,4 50,3 28,5 24,44 50,38 76,50 82,72 68,92 42,99 16,90",
    ],
    "6": [
        "70,2 46,20 26,50 20,76 36,97 60,98 78,82 74,62 54,54 34,62 22,76",
    ],
    "7": [
        "14,6 50,5 86,4 66,42 50,72 42,99",
    ],
    "8": [
        "72,14 50,2 28,12 28,30 50,46 76,66 76,88 50,99 24,88 26,66 50,46 74,28 72,14",
    ],
    "9": [
        "76,24 60,6 36,6 24,26 34,46 58,44 76,24 74,60 66,99",
    ],
}


def points(stroke: str) -> list[Point]:
    """A stroke's points in a box of 1 x 1."""
    pairs = (pair.split(",") for pair in stroke.split())
    return [(int(x) / 100, int(y) / 100) for x, y in pairs]


def smooth(corners: Sequence[Point], steps: int = 4) -> list[Point]:
    """A curve through the points (Catmull-Rom), as a hand would draw it."""
    if len(corners) < 3:
        return list(corners)
    ends = [corners[0], *corners, corners[-1]]
    curve = []
    for before, start, end, after in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        for step in range(steps):
            t = step / steps
            curve.append(
                tuple(
                    0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
                    for a, b, c, d in zip(before, start, end, after, strict=True)
                )
            )
    return [(x, y) for x, y in curve] + [corners[-1]]


def on_canvas(canvas: FloatRect, shares: Iterable[Point]) -> list[Point]:
    """Points given as shares of the canvas, in pixels of the window."""
    return [(canvas["x"] + x * canvas["width"], canvas["y"] + y * canvas["height"]) for x, y in shares]


def strokes_of(number: str, *, left: float, top: float, height: float) -> list[list[Point]]:
    """A number's strokes in shares of the canvas (7:5), its digits beside each other."""
    width = height * 0.62 * 5 / 7
    return [
        [(left + (place * 1.3 + x) * width, top + y * height) for x, y in smooth(points(stroke))]
        for place, digit in enumerate(number)
        for stroke in STROKES[digit]
    ]


def move(page: Page, path: Sequence[Point]) -> None:
    """One stroke of the mouse through points of the window."""
    page.mouse.move(*path[0])
    page.mouse.down()
    for point in path[1:]:
        page.mouse.move(*point)
    page.mouse.up()


def write(page: Page, number: str, *, left: float = 0.16, top: float = 0.22, height: float = 0.5) -> None:
    """Write a number on the page's sheet with the mouse."""
    page.locator("#canvas").scroll_into_view_if_needed()
    canvas = box_of(page.locator("#canvas"))
    for stroke in strokes_of(number, left=left, top=top, height=height):
        move(page, on_canvas(canvas, stroke))


def box_of(locator: Locator) -> FloatRect:
    """Where an element is in the window."""
    box = locator.bounding_box()
    assert box is not None
    return box
