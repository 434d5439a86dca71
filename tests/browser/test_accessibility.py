"""axe-core finds nothing serious in any state of the page, and a screen reader has a way through."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.files import upload
from tests.browser.handwriting import write
from tests.pictures import drawing, encoded

OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def findings(page: Page) -> list[str]:
    """What axe-core holds against the page."""
    return [
        f"{violation['impact']}: {violation['id']}: {violation['nodes'][0]['html']}"
        for violation in Axe().run(page, options=OPTIONS).response["violations"]
    ]


@pytest.mark.parametrize(("locale", "scheme"), [("en-GB", "light"), ("fa-IR", "dark")])
def test_the_page_before_and_after_an_answer(visit: Visit, scheme: str, locale: str) -> None:
    page = visit(color_scheme=scheme, locale=locale, reduced_motion="reduce")
    page.locator(".keys summary").click()
    assert findings(page) == []

    write(page, "40")
    expect(page.locator(".figure")).to_have_count(2)
    page.locator('[value="right"]').click()
    expect(page.locator("#thanks")).not_to_be_empty()
    assert findings(page) == []

    page.locator("#clear").click()
    page.locator("#read").click()
    expect(page.locator("#answer")).to_have_attribute("data-state", "refused")
    assert findings(page) == []


def test_a_phone(visit: Visit) -> None:
    page = visit(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)

    assert findings(page) == []


def test_a_screen_reader_sends_a_picture_and_hears_the_answer(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    expect(page.locator("#file")).to_be_focused()

    upload(page, encoded(drawing("47")))

    status = page.get_by_role("status").filter(has_text="Read 47")
    expect(status).to_have_attribute("aria-live", "polite")
    expect(page.get_by_role("button", name="4, 9")).to_be_visible()


def test_the_address_of_nothing(visit: Visit) -> None:
    page = visit("/nothing/here")

    expect(page.get_by_role("heading", level=1)).to_have_text("There is nothing here.")
    assert findings(page) == []
