"""English and Persian: by the browser's wish, by the switch, in the right direction, with the right figures."""

from playwright.sync_api import Route, expect

from tests.browser.conftest import Visit
from tests.browser.handwriting import box_of, write


def test_a_persian_browser_gets_persian_from_right_to_left(visit: Visit) -> None:
    page = visit(locale="fa-IR")

    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.get_by_role("heading", level=1)).to_have_text("عددی بنویسید.")
    assert box_of(page.locator("#answer"))["x"] < box_of(page.locator("#sheet"))["x"]

    write(page, "63", left=0.25)

    expect(page.locator("#number")).to_have_text("۶۳")
    page.locator(".figure").first.hover()
    expect(page.locator("#bars tr.best th")).to_have_text("۶")
    expect(page.locator("#status")).to_contain_text("۶۳ خوانده شد")
    first, second = (box_of(figure) for figure in page.locator(".figure").all())
    assert first["x"] < second["x"], "a number runs from left to right in Persian too"
    page.get_by_label("نه،").fill("۶۸")
    page.keyboard.press("Enter")
    expect(page.locator("#thanks")).to_have_text("سپاس. ۶۸ یادداشت شد.")


def test_a_guess_has_the_mark_of_its_language(visit: Visit) -> None:
    page = visit(locale="fa-IR")
    page.route("**/api/v1/predictions/**", guess)

    write(page, "7")

    expect(page.locator(".past-number")).to_have_text("۴؟")


def guess(route: Route) -> None:
    """The server's answer, with less faith in it."""
    response = route.fetch()
    route.fulfill(response=response, json={**response.json(), "text": "4", "accepted": False, "reason": "ambiguous"})


def test_the_switch_changes_the_language_keeps_it_and_keeps_the_sheet(visit: Visit) -> None:
    page = visit(locale="de-DE")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    write(page, "7")
    expect(page.locator("#number")).to_have_text("7")

    page.get_by_role("button", name="فارسی").click()

    expect(page.locator("html")).to_have_attribute("lang", "fa")
    expect(page.locator("#number")).to_have_text("۷")
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "fa")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_no_sentence_of_the_persian_page_is_english(visit: Visit) -> None:
    english = visit().locator("body").inner_text()
    persian = visit(locale="fa-IR").locator("body").inner_text()

    same = {line.strip() for line in english.splitlines()} & {line.strip() for line in persian.splitlines()}

    assert same - {"", "English", "فارسی", "Ctrl", "Shift", "Enter", "Delete"} == set()
