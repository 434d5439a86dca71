"""One id from the request to the worker's log, and nothing in the logs that is nobody's business."""

import json
import logging
import threading
from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client
from django.utils.module_loading import import_string

from recognizer import pages, tracing
from tests.pictures import png
from tests.processes import Process, wait_until

URL = "/api/v1/predictions/"


def test_the_id_follows_the_picture_into_the_worker(client: Client, worker: Process) -> None:
    response = client.post(URL, png("7"), content_type="image/png", headers={"X-Request-ID": "trace-me-4711"})

    assert response.headers["X-Request-ID"] == "trace-me-4711"
    wait_until(
        lambda: "[trace-me-4711]: Read 1 of 1 submissions" in worker.output(), what="the id in the worker's log"
    )


@pytest.mark.parametrize("asked", ["", "short", "x" * 129, "two words", "line\nbreak"])
def test_what_is_no_id_is_replaced(client: Client, db: None, asked: str) -> None:
    answered = client.get("/livez", headers={"X-Request-ID": asked}).headers["X-Request-ID"]

    assert answered != asked
    assert len(answered) == 32


def test_each_request_has_a_line_without_path_or_address(
    client: Client, db: None, caplog: pytest.LogCaptureFixture
) -> None:
    path = f"{URL}00000000-0000-0000-0000-000000000000/"
    with caplog.at_level(logging.INFO, logger="digits.access"):
        client.get(path, headers={"X-Forwarded-For": "203.0.113.7"})

    (line,) = [record.getMessage() for record in caplog.records if record.name == "digits.access"]
    assert line.startswith("GET prediction 404 ")
    assert "00000000-0000" not in caplog.text
    assert "127.0.0.1" not in caplog.text and "203.0.113.7" not in caplog.text


def test_not_ready_yet_is_no_error(
    client: Client, db: None, session_worker: Process, caplog: pytest.LogCaptureFixture
) -> None:
    """No worker runs: as while it is warming up."""
    session_worker.stop()  # another test may have started it

    assert client.get("/readyz").status_code == 503

    # Threads that wait for workers may tell at any time that an outage, of a test before, is over.
    own = [record for record in caplog.records if record.thread == threading.get_ident()]
    assert [record.getMessage() for record in own if record.levelno >= logging.WARNING] == []


def test_a_defect_is_logged_with_its_traceback_but_not_its_path(
    client: Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, db: None
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr(pages, "find", broken)
    client.raise_request_exception = False

    assert client.get("/readings/00000000-0000-0000-0000-000000000000/").status_code == 500

    (record,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert record.getMessage() == "A request for reading failed"
    assert "RuntimeError: a defect" in caplog.text
    assert "00000000-0000" not in caplog.text


def test_json_lines_hold_the_id() -> None:
    logging_settings: Any = configured.LOGGING
    formatter_settings = dict(logging_settings["formatters"]["json"])
    formatter = import_string(formatter_settings.pop("()"))(
        formatter_settings["format"], style="{", rename_fields=formatter_settings["rename_fields"]
    )
    record = logging.LogRecord("digits.access", logging.INFO, "", 0, "GET page 200", (), None)
    with tracing.handling("abc-12345"):
        tracing.RequestIdFilter().filter(record)

    line = json.loads(formatter.format(record))

    assert (line["request_id"], line["level"], line["logger"]) == ("abc-12345", "INFO", "digits.access")
    assert line["message"] == "GET page 200"
