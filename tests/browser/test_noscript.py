"""The same path without JavaScript: a form, an answer, a correction."""

import pytest
from playwright.sync_api import Page, expect

from recognizer.models import Feedback, Submission
from tests.browser.conftest import Visit
from tests.browser.files import upload
from tests.pictures import drawing, encoded


@pytest.fixture
def plain(visit: Visit) -> Page:
    """The page in a browser without JavaScript."""
    return visit(java_script_enabled=False)


def test_a_picture_is_sent_read_and_corrected(plain: Page) -> None:
    expect(plain.locator("#canvas")).to_be_hidden()
    upload(plain, encoded(drawing("47")))
    plain.get_by_role("button", name="Read", exact=True).click()

    expect(plain.locator("#number")).to_have_text("47")
    expect(plain.locator(".best th")).to_have_text(["4", "7"])
    plain.get_by_label("No, it is").fill("41")
    plain.keyboard.press("Enter")

    expect(plain.locator("#thanks")).to_have_text("Thank you. Noted as 41.")
    assert Feedback.objects.get(submission=Submission.objects.get()).label == "41"


def test_what_cannot_be_read_is_said(plain: Page) -> None:
    upload(plain, b"no picture at all")
    plain.get_by_role("button", name="Read", exact=True).click()

    expect(plain.get_by_role("alert")).to_have_text("This file cannot be read. Send a still PNG, JPEG or WebP.")


def test_persian_without_scripts(visit: Visit) -> None:
    page = visit(java_script_enabled=False, locale="fa-IR")
    upload(page, encoded(drawing("47")))
    page.get_by_role("button", name="بخوان").click()

    expect(page.locator("#number")).to_have_text("۴۷")
    expect(page.locator(".best th")).to_have_text(["۴", "۷"])
