"""RFC 7240's `Prefer` header."""

from typing import Any

import pytest

from recognizer.preferences import Waiting, preferences, waiting


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", {}),
        ("respond-async", {"respond-async": ""}),
        ("Respond-Async , WAIT = 10", {"respond-async": "", "wait": "10"}),
        ('foo="bar"; some-parameter, wait="5"', {"foo": "bar", "wait": "5"}),
        ("wait=1, wait=2", {"wait": "1"}),
        (",,;,=x", {}),
    ],
)
def test_preferences(header: str, expected: dict[str, str]) -> None:
    assert preferences(header) == expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", Waiting(8)),
        ("return=minimal", Waiting(8)),
        ("not-respond-async", Waiting(8)),
        ("respond-async", Waiting(0, "respond-async")),
        ("wait=3", Waiting(3, "wait=3")),
        ("respond-async, wait=3", Waiting(3, "wait=3")),
        ("wait=100000", Waiting(8, "wait=100000")),
        ("wait=-1", Waiting(8)),
        ("wait=٣", Waiting(8)),
    ],
)
def test_waiting(settings: Any, header: str, expected: Waiting) -> None:
    settings.PREDICT_DEADLINE_SECONDS = 8

    assert waiting(header) == expected
