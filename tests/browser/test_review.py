"""The review desk in a real browser: what came by every channel is seen, opened, labelled and reviewed."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from playwright.sync_api import Page, Route, expect

from recognizer import services
from recognizer.models import Channel, Review, Submission
from tests import factories
from tests.browser.conftest import NewContext
from tests.browser.handwriting import box_of
from tests.pictures import png
from tests.processes import Process, wait_until

DESK = "/admin/recognizer/submission/review/"
LogIn = Callable[..., Page]


@pytest.fixture
def log_in(new_context: NewContext) -> LogIn:
    """Log in as a new reviewer, by the form, and go to a page."""

    def go(path: str, name: str = "rita", **options: Any) -> Page:
        factories.reviewer(name, password="a long password")
        page = new_context(**options).new_page()
        page.goto(path)
        page.get_by_label("Username").fill(name)
        page.get_by_label("Password").fill("a long password")
        page.get_by_role("button", name="Log in").click()
        return page

    return go


def labels() -> list[str | None]:
    """What is stored, in the order of the queue."""
    return list(Submission.objects.order_by("created_at").values_list("label", flat=True))


def stored(expected: list[str | None]) -> None:
    """Wait until these labels are in the database."""
    wait_until(lambda: labels() == expected, what=f"labels {expected}, not {labels()}", timeout=20)


def three_waiting() -> list[Submission]:
    """Three submissions, the first one the most useful."""
    return [
        factories.read("7", confidence=0.4, reason="ambiguous"),
        factories.read("407", confidence=0.6),
        factories.read("2", confidence=0.9),
    ]


def shows(page: Page, text: str) -> None:
    """Wait until the desk shows the picture that was read as this."""
    expect(page.locator("#text")).to_have_text(text)


def test_rows_of_three_channels_are_seen_opened_and_labelled(worker: Process, log_in: LogIn) -> None:
    sent = (("7", Channel.WEB), ("4", Channel.API), ("1", Channel.TELEGRAM))
    for digit, channel in sent:
        services.read(submission=services.submit(image=png(digit), channel=channel))
    page = log_in("/admin/recognizer/submission/")

    rows = page.locator("#result_list tbody tr")
    expect(rows).to_have_count(3)
    for name in ("Web page", "API", "Telegram"):
        row = rows.filter(has_text=name)
        expect(row.get_by_text("%")).to_be_visible()
        width = row.locator("img.thumbnail").evaluate("image => image.decode().then(() => image.naturalWidth)")
        assert width == 112

    rows.filter(has_text="Telegram").get_by_role("link").first.click()
    expect(page.locator("svg.stage .box")).to_have_count(1)
    page.get_by_label("Digits it shows").fill("1")
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_text("was changed successfully")).to_be_visible()
    labelled = Submission.objects.get(label__isnull=False)
    assert (labelled.channel, labelled.label, str(labelled.labelled_by)) == ("telegram", "1", "rita")


def test_the_queue_by_keyboard(log_in: LogIn) -> None:
    three_waiting()
    page = log_in(DESK)

    shows(page, "7")
    expect(page.locator("#stage .box")).to_have_count(1)
    page.keyboard.press("Enter")
    shows(page, "407")
    expect(page.locator("#stage .box")).to_have_count(3)
    page.keyboard.type("401")
    page.keyboard.press("Enter")
    shows(page, "2")
    page.keyboard.press("n")

    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    stored(["7", "401", ""])
    assert [review.reviewer.username for review in Review.objects.all() if review.reviewer] == ["rita"] * 3


def test_the_figures_stand_above_digits_that_reach_the_upper_edge(log_in: LogIn) -> None:
    reading = factories.read("407").predictions.get()
    for digit in reading.digits:
        digit["box"][1] = 0
    reading.save()
    page = log_in(DESK)
    shows(page, "407")

    for figure, box in zip(page.locator("#stage text").all(), page.locator("#stage .box").all(), strict=True):
        above, digit = box_of(figure), box_of(box)
        assert above["y"] + above["height"] / 4 >= box_of(page.locator("#stage"))["y"]
        assert above["y"] + above["height"] / 2 < digit["y"]


def test_undo_and_skip(log_in: LogIn) -> None:
    three_waiting()
    page = log_in(DESK)
    shows(page, "7")
    page.keyboard.press("Enter")
    shows(page, "407")

    page.keyboard.press("u")
    shows(page, "7")
    stored([None, None, None])
    for key, then in [("s", "407"), ("Control+z", "7"), ("s", "407"), ("s", "2")]:
        with page.expect_response("**/review/skip/"):
            page.keyboard.press(key)
        shows(page, then)

    page.reload()
    shows(page, "2")
    assert labels() == [None, None, None]


def test_the_next_picture_is_there_at_once_and_what_was_not_saved_comes_back(log_in: LogIn) -> None:
    three_waiting()
    page = log_in(DESK)
    shows(page, "7")
    under_way: list[Route] = []
    page.route("**/review/decide/", lambda route: under_way.append(route))

    page.keyboard.press("Enter")
    shows(page, "407")
    picture = page.locator("#stage image").get_attribute("href")
    loaded = "path => performance.getEntriesByType('resource').some(r => r.name.endsWith(path) && r.responseEnd)"
    page.wait_for_function(loaded, arg=picture)
    assert labels() == [None, None, None]

    under_way[0].abort()
    shows(page, "7")
    expect(page.get_by_role("status").filter(has_text="could not be saved")).to_be_visible()
    page.unroute("**/review/decide/")
    page.keyboard.press("Enter")
    stored(["7", None, None])


def test_what_is_still_being_saved_does_not_come_again(log_in: LogIn) -> None:
    three_waiting()
    page = log_in(DESK)
    shows(page, "7")
    page.wait_for_load_state("networkidle")
    under_way: list[Route] = []
    page.route("**/review/decide/", lambda route: under_way.append(route))
    page.keyboard.press("Enter")
    shows(page, "407")
    page.keyboard.press("Enter")
    shows(page, "2")

    with page.expect_response("**/review/next/"):
        under_way[0].continue_()
    under_way[1].continue_()
    page.unroute("**/review/decide/")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    stored(["7", "407", "2"])


def test_two_reviewers_see_different_pictures(log_in: LogIn) -> None:
    for _ in range(6):
        factories.read("7", confidence=0.4, reason="ambiguous")
    first = log_in(DESK)
    shows(first, "7")
    second = log_in(DESK, name="omar")
    shows(second, "7")

    pictures = [page.locator("#stage image").get_attribute("href") for page in (first, second)]

    assert pictures[0] != pictures[1]


def test_a_decision_of_somebody_else_stands(log_in: LogIn) -> None:
    row = three_waiting()[0]
    page = log_in(DESK)
    shows(page, "7")
    services.set_label(submission=row, label="1", reviewer=User.objects.create_user("omar"))

    page.keyboard.press("Enter")

    expect(page.get_by_role("status").filter(has_text="Somebody else has decided")).to_be_visible()
    shows(page, "407")
    assert labels()[0] == "1"


def test_feedback_is_shown_as_a_hint(log_in: LogIn) -> None:
    services.give_feedback(submission=three_waiting()[0], label="1", client="ada")
    page = log_in(DESK)

    expect(page.get_by_text("The sender says: 1")).to_be_visible()
    expect(page.get_by_label("It shows")).to_have_value("")


def test_persian_figures_and_direction(log_in: LogIn) -> None:
    three_waiting()
    page = log_in(DESK)
    shows(page, "7")

    page.get_by_label("It shows").press_sequentially("۱۲")
    page.keyboard.press("Enter")

    stored(["12", None, None])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_serious_accessibility_findings(log_in: LogIn, scheme: str) -> None:
    rows = three_waiting()
    services.set_label(submission=rows[2], label="2", reviewer=User.objects.create_user("omar"))
    page = log_in("/admin/", color_scheme=scheme)
    pages = ("", "recognizer/submission/", f"recognizer/submission/{rows[2].id}/change/")

    for path in (*pages, "recognizer/submission/review/", "recognizer/submission/dashboard/"):
        page.goto(f"/admin/{path}")
        page.wait_for_load_state("networkidle")
        found = Axe().run(page, options={"preload": False}).response["violations"]
        serious = [f"{f['id']}: {f['nodes'][0]['html']}" for f in found if f["impact"] in ("serious", "critical")]
        assert serious == [], path


def test_the_queue_fits_a_phone(log_in: LogIn) -> None:
    three_waiting()
    page = log_in(DESK, viewport={"width": 360, "height": 740})
    shows(page, "7")

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="No digit").click()
    shows(page, "407")
