"""Pictures from outside: chosen, dropped, pasted, photographed."""

from itertools import pairwise

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from recognizer.models import Submission
from tests.browser.conftest import Visit
from tests.browser.files import transfer, upload
from tests.browser.handwriting import box_of, write
from tests.pictures import drawing, encoded


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_a_chosen_picture_is_shown_and_read(page: Page, kind: str) -> None:
    upload(page, encoded(drawing("47"), kind.upper()), mime=f"image/{kind}")

    expect(page.locator("#number")).to_have_text("47")
    expect(page.locator("#stage")).to_have_attribute("data-holds", "picture")
    boxes = [box_of(box) for box in page.locator(".box rect").all()]
    canvas = box_of(page.locator("#canvas"))
    assert len(boxes) == 2
    assert boxes[0]["x"] + boxes[0]["width"] < canvas["x"] + canvas["width"] / 2 < boxes[1]["x"]


def test_figures_of_small_digits_do_not_lie_on_each_other(page: Page) -> None:
    sheet = Image.new("L", (3000, 2000), "white")
    sheet.paste(drawing("472", side=60, pen=5).convert("L"), (1400, 900))
    upload(page, encoded(sheet))

    expect(page.locator("#number")).to_have_text("472")
    expect(page.locator(".box text")).to_have_count(3)
    assert sum(figure.is_visible() for figure in page.locator(".box text").all()) <= 1
    boxes = [box_of(box) for box in page.locator(".box rect").all()]
    assert all(one["x"] + one["width"] < other["x"] + 0.3 * other["width"] for one, other in pairwise(boxes))

    upload(page, encoded(drawing("47")))

    expect(page.locator("#number")).to_have_text("47")
    assert all(figure.is_visible() for figure in page.locator(".box text").all())


def test_figure_lies_within_a_picture_that_is_all_digit(page: Page) -> None:
    sheet = drawing("4", side=300, pen=24).convert("L")
    upload(page, encoded(sheet.crop((60, 18, 246, 282))))

    expect(page.locator("#number")).to_have_text("4")
    figure, canvas = box_of(page.locator(".box text")), box_of(page.locator("#canvas"))
    assert canvas["x"] < figure["x"] + figure["width"] / 2 < canvas["x"] + canvas["width"]
    assert canvas["y"] < figure["y"] + figure["height"] / 2 < canvas["y"] + canvas["height"]


def test_what_the_server_does_not_read_the_browser_makes_readable(page: Page) -> None:
    upload(page, encoded(drawing("4"), "GIF"), name="number.gif", mime="image/gif")

    expect(page.locator("#number")).to_have_text("4")
    assert Submission.objects.get().width == 280


def test_a_file_that_is_no_picture_is_refused(page: Page) -> None:
    upload(page, b"%PDF-1.7", name="number.pdf", mime="application/pdf")

    expect(page.locator("#advice")).to_have_text("That is no picture. Send a PNG, JPEG or WebP.")
    assert not Submission.objects.exists()


def test_feedback_is_about_what_is_shown(page: Page) -> None:
    write(page, "7")
    expect(page.locator("#number")).to_have_text("7")

    upload(page, b"%PDF-1.7", name="number.pdf", mime="application/pdf")

    expect(page.get_by_role("button", name="Right", exact=True)).to_be_disabled()


def test_a_pasted_picture_is_read(page: Page) -> None:
    pasted = "(clipboardData) => new ClipboardEvent('paste', { clipboardData, bubbles: true })"
    page.evaluate(f"(data) => document.body.dispatchEvent(({pasted})(data))", transfer(page, encoded(drawing("7"))))

    expect(page.locator("#number")).to_have_text("7")


def test_a_dropped_picture_is_read(page: Page) -> None:
    data = transfer(page, encoded(drawing("3")))
    page.dispatch_event("body", "dragover", {"dataTransfer": data})
    expect(page.locator(".drop-hint")).to_be_visible()
    page.dispatch_event("body", "drop", {"dataTransfer": data})

    expect(page.locator("#number")).to_have_text("3")
    expect(page.locator(".drop-hint")).to_be_hidden()


def test_a_phone_offers_its_camera(visit: Visit) -> None:
    phone = visit(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)

    assert phone.locator("#camera").get_attribute("capture") == "environment"
    with phone.expect_file_chooser() as chooser:
        phone.locator(".tool-camera").click()
    chooser.value.set_files({"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": encoded(drawing("2"), "JPEG")})
    expect(phone.locator("#number")).to_have_text("2")


def test_clearing_a_picture_gives_an_empty_sheet(page: Page) -> None:
    upload(page, encoded(drawing("4")))
    expect(page.locator("#number")).to_have_text("4")

    page.locator("#clear").click()

    expect(page.locator("#stage")).to_have_attribute("data-holds", "nothing")
    expect(page.locator(".box")).to_have_count(0)
    expect(page.locator("#undo")).to_be_disabled()
