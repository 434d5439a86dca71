"""Takes the pictures of the review desk in docs/images from a running service with some submissions in it.

python docs/desk_screenshots.py http://127.0.0.1:8000 NAME PASSWORD

The account may review and see model versions. The submissions are those of `bench.fill` and of docs/screenshots.py;
the version shown is one that was compared with the live one.
"""

import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from docs.screenshots import IMAGES, chromium, save

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
SUBMISSIONS = "/admin/recognizer/submission/"
# Of the two versions that `bench.fill` makes up, the one with more labels.
DASHBOARD = f"{SUBMISSIONS}dashboard/?version=2026.09-a"
VERSIONS = "/admin/recognizer/modelversion/"
# Name: where, and how it is looked at; "long" ones in their full length.
SCENES: dict[str, tuple[str, dict[str, Any]]] = {
    "dashboard": (DASHBOARD, {"long": True}),
    "dashboard-dark": (DASHBOARD, {"long": True, "color_scheme": "dark"}),
    "dashboard-persian": (DASHBOARD, {"long": True, "locale": "fa-IR"}),
    "submissions": (SUBMISSIONS, {}),
    "submission": (f"{SUBMISSIONS}?q=1984", {"long": True}),
    "review-queue": (f"{SUBMISSIONS}review/", {}),
    "review-queue-phone": (f"{SUBMISSIONS}review/", {"viewport": PHONE}),
    "version": (VERSIONS, {"long": True}),
}


def log_in(browser: Browser, url: str, name: str, password: str, **options: Any) -> Page:
    """A page of somebody who is logged in."""
    page = browser.new_context(base_url=url, reduced_motion="reduce", **{"viewport": DESKTOP, **options}).new_page()
    page.goto("/admin/login/")
    page.locator("#id_username").fill(name)
    page.locator("#id_password").fill(password)
    page.keyboard.press("Enter")
    expect(page.locator("#user-tools")).to_be_visible()
    return page


def open_first(page: Page, path: str) -> None:
    """The page itself, or behind a list the first row that has more to show."""
    page.goto(path)
    if path.startswith(VERSIONS):
        page.locator("#result_list tr", has_text="%").first.get_by_role("link").first.click()
    elif "?q=" in path:
        page.locator("#result_list tbody tr").first.get_by_role("link").first.click()
    page.wait_for_load_state("networkidle")


def main(url: str, name: str, password: str) -> None:
    """Every scene, each in a browser of its own."""
    expect.set_options(timeout=30_000)
    with chromium() as browser:
        for scene, (path, options) in SCENES.items():
            is_long = options.pop("long", False)
            page = log_in(browser, url, name, password, **options)
            open_first(page, path)
            save(page.screenshot(full_page=is_long), IMAGES / f"{scene}.png")


if __name__ == "__main__":
    main(*sys.argv[1:4])
