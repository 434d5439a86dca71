"""A real Chromium before the real page, with a real worker behind it."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests import processes

DESKTOP = {"width": 1280, "height": 860}

NewContext = Callable[..., BrowserContext]
Visit = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser."""
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(autouse=True)
def no_limits(settings: Settings) -> None:
    """All these visitors have one address."""
    settings.RATE_LIMIT_ENABLED = False


@pytest.fixture
def new_context(browser: Browser, live_server: LiveServer) -> Iterator[NewContext]:
    """Make browser contexts, each a visitor of its own; complaints in any of their consoles fail the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # Chromium reports refused requests here too, and those the tests ask for on purpose.
        if message.type == "error" and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    def make(**options: Any) -> BrowserContext:
        context = browser.new_context(**{"base_url": live_server.url, "viewport": DESKTOP, **options})
        context.set_default_timeout(20_000)
        context.on("console", note)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    # A row that a request stores after the tables were emptied would be the next test's.
    processes.wait_until(_no_request_is_answered, what="the last requests to be answered")
    assert complaints == []


def _no_request_is_answered() -> bool:
    return not any("process_request_thread" in thread.name for thread in threading.enumerate())


@pytest.fixture
def visit(new_context: NewContext, worker: processes.Process) -> Visit:
    """Open the page as a new visitor, with a worker ready."""

    def open_page(path: str = "/", **options: Any) -> Page:
        page = new_context(**options).new_page()
        page.goto(path)
        return page

    return open_page


@pytest.fixture
def page(visit: Visit) -> Page:
    """The page as one visitor sees it."""
    return visit()
