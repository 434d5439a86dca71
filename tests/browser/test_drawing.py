"""Writing on the sheet, with every kind of hand."""

import pytest
from playwright.sync_api import CDPSession, Page, expect

from recognizer.models import Submission
from tests.browser.conftest import Visit
from tests.browser.handwriting import box_of, move, on_canvas, strokes_of, write


def ink(page: Page) -> int:
    """How many pixels of the sheet on the screen have ink on them."""
    page.evaluate("() => new Promise(requestAnimationFrame)")
    counted = page.evaluate(
        """() => {
            const canvas = document.getElementById("canvas");
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            return data.filter((value, index) => index % 4 === 3 && value > 0).length;
        }"""
    )
    return int(counted)


def test_a_written_number_is_read_boxed_and_stored(page: Page) -> None:
    write(page, "407")

    expect(page.locator("#number")).to_have_text("407")
    expect(page.locator(".box")).to_have_count(3)
    expect(page.locator("#status")).to_contain_text("Read 407")
    submission = Submission.objects.latest("created_at")
    assert submission.prediction is not None
    assert (submission.channel, submission.prediction.text) == ("web", "407")
    assert (submission.width, submission.height) == (840, 600)


def test_boxes_lie_where_the_digits_were_written(page: Page) -> None:
    write(page, "14", left=0.3)
    expect(page.locator(".box")).to_have_count(2)

    boxes = [box_of(box) for box in page.locator(".box rect").all()]
    canvas = box_of(page.locator("#canvas"))

    assert boxes[0]["x"] < boxes[1]["x"]
    [_, *four] = strokes_of("14", left=0.3, top=0.22, height=0.5)
    for x, y in (point for stroke in four for point in on_canvas(canvas, stroke)):
        assert boxes[1]["x"] <= x <= boxes[1]["x"] + boxes[1]["width"]
        assert boxes[1]["y"] <= y <= boxes[1]["y"] + boxes[1]["height"]


def test_the_figures_of_two_lines_stand_apart(visit: Visit) -> None:
    page = visit(viewport={"width": 360, "height": 800})
    write(page, "1984", left=0.06, top=0.1, height=0.25)
    write(page, "25706", left=0.06, top=0.55, height=0.25)
    expect(page.locator(".box")).to_have_count(9)

    places = [box_of(figure) for figure in page.locator(".box text").all()]

    upper, lower = ([place["y"] for place in line] for line in (places[:4], places[4:]))
    assert max(upper) + places[0]["height"] < min(lower)
    assert min(upper) + places[0]["height"] / 2 > box_of(page.locator("#stage"))["y"]


@pytest.mark.parametrize("kind", ["touch", "pen"])
def test_finger_and_pen_write_and_nothing_scrolls(visit: Visit, kind: str) -> None:
    page = visit(viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True, device_scale_factor=2)
    canvas = box_of(page.locator("#canvas"))
    session = page.context.new_cdp_session(page)

    for stroke in strokes_of("7", left=0.4, top=0.15, height=0.7):
        points = on_canvas(canvas, stroke)
        (touch if kind == "touch" else pen)(session, points)

    expect(page.locator("#number")).to_have_text("7")
    assert page.evaluate("scrollY") == 0
    assert page.evaluate("getSelection().toString()") == ""


def touch(session: CDPSession, points: list[tuple[float, float]]) -> None:
    """One stroke of a finger."""
    for kind, (x, y) in [("touchStart", points[0]), *(("touchMove", point) for point in points[1:])]:
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def pen(session: CDPSession, points: list[tuple[float, float]]) -> None:
    """One stroke of a stylus."""
    path = [("mousePressed", points[0]), *(("mouseMoved", point) for point in points), ("mouseReleased", points[-1])]
    for kind, (x, y) in path:
        event = {"type": kind, "x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1, "pointerType": "pen"}
        session.send("Input.dispatchMouseEvent", event)


def test_undo_redo_and_clear(page: Page) -> None:
    undo, redo, clear = (page.locator(f"#{name}") for name in ("undo", "redo", "clear"))
    expect(undo).to_be_disabled()
    write(page, "4")
    both = ink(page)

    undo.click()
    one = ink(page)
    assert 0 < one < both
    redo.click()
    assert ink(page) == both
    clear.click()
    assert ink(page) == 0
    expect(page.locator("#stage")).to_have_attribute("data-holds", "nothing")
    page.keyboard.press("Control+z")
    assert ink(page) == both
    page.keyboard.press("Control+Shift+z")
    assert ink(page) == 0


def test_the_eraser_takes_ink_away_and_the_sheet_is_read_again(page: Page) -> None:
    write(page, "71", left=0.25)
    expect(page.locator("#number")).to_have_text("71")
    before = ink(page)

    page.get_by_label("Eraser").check()
    page.get_by_label("Broad pen").check()
    canvas = box_of(page.locator("#canvas"))
    move(page, on_canvas(canvas, [(0.25 + x / 100, 0.15 + y / 100) for y in range(0, 68, 8) for x in (0, 22)]))

    assert ink(page) < before
    expect(page.locator("#number")).to_have_text("1")


def test_a_broader_pen_leaves_more_ink(page: Page) -> None:
    amounts = []
    for name in ("Fine pen", "Medium pen", "Broad pen"):
        page.get_by_label(name).check()
        write(page, "1")
        amounts.append(ink(page))
        page.locator("#clear").click()

    assert amounts == sorted(amounts)
    assert len(set(amounts)) == 3


def test_a_digit_drawn_and_read_by_keyboard_alone(page: Page) -> None:
    page.locator("#live").uncheck()
    page.locator("#canvas").focus()
    page.keyboard.press("Space")
    for _ in range(7):
        page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")

    expect(page.locator("#number")).to_have_text("1")
    page.locator("#canvas").focus()
    page.keyboard.press("Delete")
    assert ink(page) == 0


def test_single_keys_choose_tools_on_the_sheet_only(page: Page) -> None:
    page.locator("#canvas").focus()
    page.keyboard.press("e")
    expect(page.get_by_label("Eraser")).to_be_checked()
    page.keyboard.press("p")
    expect(page.get_by_role("radio", name="Pen", exact=True)).to_be_checked()
    page.keyboard.press("]")
    expect(page.get_by_label("Broad pen")).to_be_checked()
    page.locator("#live").focus()
    page.keyboard.press("[")
    expect(page.get_by_label("Broad pen")).to_be_checked()


def test_sharp_on_a_dense_screen(visit: Visit) -> None:
    page = visit(device_scale_factor=3)

    width = page.evaluate("document.getElementById('canvas').width")

    assert width == pytest.approx(3 * box_of(page.locator("#canvas"))["width"], abs=1)
