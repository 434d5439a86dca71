"""A hand that writes: digits as pen strokes, moved through a real mouse on a real canvas."""

from collections.abc import Iterable, Sequence

from playwright.sync_api import FloatRect, Locator, Page

Point = tuple[float, float]

# Strokes in a box of 1 x 1, y down.
STROKES: dict[str, list[list[Point]]] = {
    "0": [[(.52, .02), (.3, .1), (.16, .35), (.16, .65), (.3, .9), (.52, .98), (.74, .88), (.86, .62), (.84, .35), (.72, .1), (.52, .02)]],
    "1": [[(.3, .22), (.56, .02), (.55, .5), (.54, .98)]],
    "2": [[(.16, .26), (.26, .08), (.5, .02), (.74, .1), (.8, .3), (.68, .52), (.42, .76), (.16, .97), (.5, .95), (.86, .97)]],
    "3": [[(.18, .12), (.45, .02), (.74, .12), (.76, .32), (.58, .46), (.4, .48), (.64, .52), (.82, .7), (.74, .9), (.48, .99), (.18, .9)]],
    "4": [[(.5, .02), (.34, .3), (.14, .64), (.5, .65), (.9, .62)], [(.7, .34), (.68, .66), (.66, .99)]],
    "5": [[(.8, .04), (.5, .03), (.28, .05), (.24, .44), (.5, .38), (.76, .5), (.82, .72), (.68, .92), (.42, .99), (.16, .9)]],
    "6": [[(.7, .02), (.46, .2), (.26, .5), (.2, .76), (.36, .97), (.6, .98), (.78, .82), (.74, .62), (.54, .54), (.34, .62), (.22, .76)]],
    "7": [[(.14, .06), (.5, .05), (.86, .04), (.66, .42), (.5, .72), (.42, .99)]],
    "8": [[(.72, .14), (.5, .02), (.28, .12), (.28, .3), (.5, .46), (.76, .66), (.76, .88), (.5, .99), (.24, .88), (.26, .66), (.5, .46), (.74, .28), (.72, .14)]],
    "9": [[(.76, .24), (.6, .06), (.36, .06), (.24, .26), (.34, .46), (.58, .44), (.76, .24), (.74, .6), (.66, .99)]],
}  # fmt: skip


def smooth(points: Sequence[Point], steps: int = 5) -> list[Point]:
    """A curve through the points (Catmull-Rom), as a hand would draw it."""
    if len(points) < 3:
        return list(points)
    ends = [points[0], *points, points[-1]]
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
    return [(x, y) for x, y in curve] + [points[-1]]


def on_canvas(canvas: FloatRect, points: Iterable[Point]) -> list[Point]:
    """Points given as shares of the canvas, in pixels of the window."""
    return [(canvas["x"] + x * canvas["width"], canvas["y"] + y * canvas["height"]) for x, y in points]


def strokes_of(number: str, *, left: float, top: float, height: float) -> list[list[Point]]:
    """A number's strokes in shares of the canvas (7:5), its digits beside each other."""
    width = height * 0.62 * 5 / 7
    return [
        [(left + (place * 1.3 + x) * width, top + y * height) for x, y in smooth(stroke)]
        for place, digit in enumerate(number)
        for stroke in STROKES[digit]
    ]


def move(page: Page, points: Sequence[Point]) -> None:
    """One stroke of the mouse through points of the window."""
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=2)
    page.mouse.up()


def write(page: Page, number: str, *, left: float = 0.16, top: float = 0.22, height: float = 0.5) -> None:
    """Write a number on the page's sheet with the mouse."""
    canvas = box_of(page.locator("#canvas"))
    for stroke in strokes_of(number, left=left, top=top, height=height):
        move(page, on_canvas(canvas, stroke))


def box_of(locator: Locator) -> FloatRect:
    """Where an element is in the window."""
    box = locator.bounding_box()
    assert box is not None
    return box
