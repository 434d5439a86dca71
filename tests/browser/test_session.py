"""The strip of this session's sheets, and a visitor's word on an answer."""

import pytest
from playwright.sync_api import Page, expect

from recognizer.models import Feedback
from tests.browser.conftest import Visit
from tests.browser.files import upload
from tests.browser.handwriting import write
from tests.pictures import drawing, encoded


@pytest.fixture
def answered(page: Page) -> Page:
    """A page on which 47 was written and read, once: a busy machine's hand pauses, and would have it read twice."""
    page.locator("#live").uncheck()
    write(page, "47", left=0.25)
    page.locator("#read").click()
    expect(page.locator("#number")).to_have_text("47")
    page.locator("#live").check()
    return page


def test_each_sheet_stands_once_in_the_strip_and_opens_again(answered: Page) -> None:
    answered.locator("#clear").click()
    write(answered, "1")
    expect(answered.locator(".past-number")).to_have_text(["1", "47"])

    answered.locator(".past").nth(1).click()

    expect(answered.locator("#number")).to_have_text("47")
    expect(answered.locator(".box")).to_have_count(2)
    expect(answered.locator("#stage")).to_have_attribute("data-holds", "sketch")
    write(answered, "1", left=0.75)
    expect(answered.locator(".past-number")).to_have_text(["1", "471"])


def test_undoing_clear_finds_the_same_sheet(answered: Page) -> None:
    answered.locator("#clear").click()
    expect(answered.locator("#number")).to_have_text("")

    answered.keyboard.press("Control+z")

    expect(answered.locator("#number")).to_have_text("47")
    expect(answered.locator(".past")).to_have_count(1)


def test_a_reload_keeps_the_sheet_and_another_tab_has_its_own(answered: Page) -> None:
    answered.reload()
    expect(answered.locator("#number")).to_have_text("47")
    expect(answered.locator("#stage")).to_have_attribute("data-holds", "sketch")

    other = answered.context.new_page()
    other.goto("/")

    expect(other.locator(".past")).to_have_count(0)


def test_a_picture_opens_again_after_a_reload(page: Page) -> None:
    upload(page, encoded(drawing("23")))
    expect(page.locator("#number")).to_have_text("23")

    page.reload()

    expect(page.locator("#number")).to_have_text("23")
    expect(page.locator("#stage")).to_have_attribute("data-holds", "picture")
    expect(page.locator(".box")).to_have_count(2)


def test_the_strip_can_be_forgotten(answered: Page) -> None:
    answered.get_by_role("button", name="Forget these").click()

    expect(answered.locator(".past")).to_have_count(0)
    expect(answered.get_by_role("heading", name="This session")).to_be_focused()
    answered.reload()
    expect(answered.locator("#number")).to_have_text("")


def test_right_is_feedback_with_what_was_read(answered: Page) -> None:
    answered.get_by_role("button", name="Right", exact=True).click()

    expect(answered.locator("#thanks")).to_have_text("Thank you. Noted as 47.")
    assert Feedback.objects.get().label == "47"


def test_it_is_something_else(answered: Page) -> None:
    answered.get_by_label("No, it is").fill("41")
    answered.keyboard.press("Enter")

    expect(answered.locator("#thanks")).to_have_text("Thank you. Noted as 41.")
    assert Feedback.objects.get().label == "41"
    answered.reload()
    expect(answered.locator("#thanks")).to_have_text("Thank you. Noted as 41.")


def test_it_is_no_digit(answered: Page) -> None:
    answered.get_by_role("button", name="No digit").click()

    expect(answered.locator("#thanks")).to_have_text("Thank you. Noted as no digit.")
    assert Feedback.objects.get().label == ""


def test_a_correction_takes_digits_only_in_any_script(answered: Page) -> None:
    field = answered.get_by_label("No, it is")
    field.fill("forty-one")
    answered.keyboard.press("Enter")
    expect(answered.locator("#thanks")).to_have_text("Type the digits only, such as 407.")
    assert not Feedback.objects.exists()

    field.fill("۴۱")
    answered.keyboard.press("Enter")

    expect(answered.locator("#thanks")).to_have_text("Thank you. Noted as 41.")


def test_feedback_that_cannot_be_sent_is_said(answered: Page) -> None:
    answered.context.set_offline(True)
    answered.get_by_role("button", name="Right", exact=True).click()

    expect(answered.locator("#thanks")).to_have_text("That could not be sent. Try again.")
    expect(answered.get_by_role("button", name="Right", exact=True)).to_be_enabled()


def test_nothing_to_say_before_an_answer(visit: Visit) -> None:
    page = visit()

    expect(page.get_by_role("button", name="Right", exact=True)).to_be_disabled()
