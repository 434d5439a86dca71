"""From the sheet to the answer: which reading wins, and what is said when none comes."""

import signal
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect
from pytest_django import Settings

from recognizer.models import Submission
from tests import processes
from tests.browser.conftest import Visit
from tests.browser.handwriting import box_of, on_canvas, write

PREDICTIONS = "**/api/v1/predictions/?*"


def test_the_answer_follows_the_pen(page: Page) -> None:
    write(page, "7")
    expect(page.locator("#number")).to_have_text("7")
    write(page, "1", left=0.5)
    expect(page.locator("#number")).to_have_text("71")


def test_the_newest_reading_wins(page: Page) -> None:
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route(PREDICTIONS, hold_the_first)
    with page.expect_event("requestfailed", lambda request: "/predictions/" in request.url):
        write(page, "7")
        page.wait_for_timeout(1000)
        write(page, "1", left=0.5)

    expect(page.locator("#number")).to_have_text("71")
    expect(page.locator(".past")).to_have_count(1)
    held[0].abort()


def test_it_waits_for_read_when_asked_to(page: Page) -> None:
    page.get_by_role("switch").uncheck()
    write(page, "4")
    page.wait_for_timeout(800)
    assert not Submission.objects.exists()

    page.get_by_role("button", name="Read", exact=True).click()

    expect(page.locator("#number")).to_have_text("4")
    page.reload()
    expect(page.get_by_role("switch")).not_to_be_checked()


def test_the_digit_under_the_pointer_shows_its_probabilities(page: Page) -> None:
    write(page, "47", left=0.25)
    expect(page.locator(".box")).to_have_count(2)

    for place, digit in enumerate("47"):
        box = box_of(page.locator(".box rect").nth(place))
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        expect(page.locator("#bars tr.best th")).to_have_text(digit)
        expect(page.locator(".figure").nth(place)).to_have_attribute("aria-pressed", "true")
        expect(page.locator(".box").nth(place)).to_have_attribute("data-chosen", "")
        assert page.locator("#seen").evaluate("async (seen) => (await seen.decode(), seen.naturalWidth)") == 28

    page.locator(".figure").first.focus()
    expect(page.locator("#bars tr.best th")).to_have_text("4")


def test_ten_bars_hold_the_probabilities(page: Page) -> None:
    write(page, "7")
    expect(page.locator("#bars tr.best th")).to_have_text("7")

    widths = page.locator("#bars .bar-fill").evaluate_all("bars => bars.map((bar) => bar.getAttribute('width'))")

    submission = Submission.objects.latest("created_at")
    assert submission.prediction is not None
    shares = [float(width.removesuffix("%")) / 100 for width in widths]
    assert shares == pytest.approx(submission.prediction.digits[0]["probabilities"])


def test_an_empty_sheet_is_refused_with_advice(page: Page) -> None:
    page.get_by_role("button", name="Read", exact=True).click()

    expect(page.locator("#answer")).to_have_attribute("data-state", "refused")
    expect(page.locator("#advice")).to_have_text("There is nothing to read. Write a digit from 0 to 9.")
    expect(page.locator("#status")).to_contain_text("There is nothing to read")


def test_a_reading_that_takes_too_long_comes_by_itself(
    visit: Visit, worker: processes.Process, settings: Settings
) -> None:
    settings.PREDICT_DEADLINE_SECONDS = 0.3
    settings.CLAIM_SECONDS = 60
    page = visit()
    worker.send(signal.SIGSTOP)
    try:
        write(page, "7")
        expect(page.locator("#advice")).to_have_text("All readers are busy. You are in the queue; just wait.")
    finally:
        worker.send(signal.SIGCONT)

    expect(page.locator("#number")).to_have_text("7")


def refused_once(status: int, code: str, headers: dict[str, str]) -> Callable[[Route], None]:
    """Answer the first request with a problem, let the others through."""
    seen: list[Route] = []

    def answer(route: Route) -> None:
        seen.append(route)
        if len(seen) > 1:
            return route.continue_()
        body = {"type": "about:blank", "title": "", "status": status, "code": code, "detail": "No."}
        return route.fulfill(status=status, json=body, headers=headers)

    return answer


def test_too_fast_is_read_again_after_the_time_the_server_asks_for(page: Page) -> None:
    # Long enough for a busy machine to look while it is said.
    page.route(PREDICTIONS, refused_once(429, "throttled", {"Retry-After": "10"}))
    write(page, "7")

    expect(page.locator("#advice")).to_have_text("A little fast: reading again in 10 s.")
    expect(page.locator("#number")).to_have_text("7", timeout=60_000)


def test_an_unavailable_reader_is_said_and_the_sheet_stays(page: Page) -> None:
    page.route(PREDICTIONS, refused_once(503, "whatever", {}))
    write(page, "7")
    expect(page.locator("#advice")).to_have_text("The reader is away. Nothing is lost: try again in a moment.")
    expect(page.locator("#answer")).to_have_attribute("data-state", "problem")

    page.get_by_role("button", name="Read", exact=True).click()

    expect(page.locator("#number")).to_have_text("7")


def test_without_a_connection_the_sheet_stays(page: Page) -> None:
    page.context.set_offline(True)
    write(page, "7")
    expect(page.locator("#advice")).to_contain_text("No connection.")

    page.context.set_offline(False)
    page.locator("#canvas").focus()
    page.keyboard.press("Enter")

    expect(page.locator("#number")).to_have_text("7")


def test_the_last_answer_stays_dimmed_until_the_next_is_there(page: Page) -> None:
    write(page, "7")
    expect(page.locator("#number")).to_have_text("7")
    held: list[Route] = []
    page.route(PREDICTIONS, lambda route: held.append(route))

    page.mouse.move(*on_canvas(box_of(page.locator("#canvas")), [(0.6, 0.3)])[0])
    page.mouse.down()
    page.mouse.up()

    expect(page.locator("#answer")).to_have_attribute("data-stale", "")
    expect(page.locator("#number")).to_have_text("7")
    page.unroute(PREDICTIONS)


def test_why_shows_which_ink_spoke_for_the_chosen_digit(page: Page) -> None:
    why = page.get_by_role("button", name="Why?")
    expect(why).to_be_disabled()
    write(page, "47", left=0.25)
    expect(page.locator(".box")).to_have_count(2)

    why.click()

    expect(page.locator("#why-map")).to_be_visible()
    expect(page.locator("#seen-caption")).to_have_text("Green ink spoke for it, red against")
    painted = "(map) => new Set(map.getContext('2d').getImageData(0, 0, 28, 28).data).size"
    assert page.locator("#why-map").evaluate(painted) > 10
    with page.expect_response("**/digits/*/saliency/"):
        page.locator('.figure[aria-pressed="false"]').click()
    expect(page.locator("#why-map")).to_be_visible()
    why.click()
    expect(page.locator("#why-map")).to_be_hidden()
    expect(page.locator("#seen-caption")).to_have_text("What the model saw")
