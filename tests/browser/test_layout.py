"""Small screens, dark rooms, and a page that keeps still."""

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from recognizer.models import Submission
from tests.browser.conftest import Visit
from tests.browser.handwriting import write

PHONE = {"width": 360, "height": 740}


@pytest.mark.parametrize("locale", ["en-GB", "fa-IR"])
def test_nothing_sticks_out_sideways(visit: Visit, locale: str) -> None:
    page = visit(locale=locale)
    page.locator(".keys summary").click()

    for width in (360, 600, 960, 1280):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("viewport", [PHONE, {"width": 1280, "height": 860}])
def test_nothing_moves_while_answers_come_and_go(visit: Visit, viewport: dict[str, int]) -> None:
    page = visit(viewport=viewport)
    page.evaluate(
        """() => {
            window.shifts = [];
            const name = ({ node }) => node?.id || node?.className || node?.nodeName;
            new PerformanceObserver((list) => {
                for (const entry of list.getEntries()) window.shifts.push(...entry.sources.map(name));
            }).observe({ type: "layout-shift", buffered: true });
        }"""
    )

    write(page, "40")
    expect(page.locator("#number")).to_have_text("40")
    page.locator("#clear").click()
    page.get_by_role("button", name="Read", exact=True).click()
    expect(page.locator("#advice")).to_contain_text("nothing to read")
    page.wait_for_timeout(300)

    assert page.evaluate("window.shifts") == []


def colours(page: Page) -> tuple[str, str]:
    """Background of the sheet, and colour of the text."""
    sheet, text = page.evaluate(
        "() => [document.getElementById('stage'), document.body].map((element) => getComputedStyle(element))"
        ".map((style, index) => index ? style.color : style.backgroundColor)"
    )
    return sheet, text


def test_dark_follows_the_system_and_what_is_sent_stays_black_on_white(visit: Visit) -> None:
    page = visit(color_scheme="light")
    light = colours(page)
    page.emulate_media(color_scheme="dark")
    assert colours(page) != light

    write(page, "7")
    expect(page.locator("#number")).to_have_text("7")
    picture = Image.open(BytesIO(bytes(Submission.objects.latest("created_at").image))).convert("L")
    assert picture.getpixel((0, 0)) == 255
    assert picture.getextrema() == (0, 255)
