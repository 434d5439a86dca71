"""Programs get problem JSON whatever goes wrong, in production and with DEBUG on."""

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from recognizer import services
from tests.pictures import png
from tests.recognizer.problems import assert_problem

URL = "/api/v1/predictions/"


@pytest.fixture(params=[False, True], ids=["production", "debug"])
def quiet_client(request: pytest.FixtureRequest, settings: Any, db: None) -> Client:
    """A client that sees what the wire would carry, exceptions included."""
    settings.DEBUG = request.param
    return Client(raise_request_exception=False)


def test_routing_errors(quiet_client: Client) -> None:
    assert_problem(quiet_client.get("/api/nothing/"), 404, "not_found")
    assert_problem(quiet_client.post("/api/v1/predictions"), 404, "not_found")
    assert_problem(quiet_client.get("/predict/nothing"), 404, "not_found")
    assert_problem(quiet_client.get(URL + "not-a-uuid/"), 404, "not_found")


def test_foreign_host_is_400(quiet_client: Client) -> None:
    assert_problem(quiet_client.get("/api/v1/models/", headers={"Host": "evil.example"}), 400, "bad_request")


def test_wrong_method_names_the_right_ones(quiet_client: Client) -> None:
    response = quiet_client.delete("/livez")

    assert_problem(response, 405, "method_not_allowed")
    assert response.headers["Allow"] == "GET, HEAD"
    assert_problem(quiet_client.get("/predict"), 405, "method_not_allowed")


def test_wrong_accept_is_406(quiet_client: Client) -> None:
    assert_problem(quiet_client.get("/api/v1/models/", headers={"Accept": "text/html"}), 406, "not_acceptable")


def test_deeply_nested_json_is_400(quiet_client: Client) -> None:
    response = quiet_client.post(URL, b"[" * 200_000, content_type="application/json")

    assert_problem(response, 400, "parse_error")


def test_unforeseen_error_is_500(quiet_client: Client, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    monkeypatch.setattr(services, "submit", lambda **_: 1 / 0)

    response = quiet_client.post(URL, png("7"), content_type="image/png")

    assert_problem(response, 500, "internal_error")
    assert "ZeroDivisionError" in caplog.text
    assert "ZeroDivisionError" not in response.content.decode()


def test_database_that_does_not_answer_is_503(
    quiet_client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def lose_connection(**_: object) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(services, "submit", lose_connection)

    response = quiet_client.post(URL, png("7"), content_type="image/png")

    assert_problem(response, 503, "unavailable")
    assert response.headers["Retry-After"] == "1"
    said = [record for record in caplog.records if record.name == "recognizer.problems"]
    assert [record.exc_info for record in said] == [None], "one line is enough"
    assert "Look after the database and its disk (server closed the connection)" in said[0].message


def test_head_and_options(quiet_client: Client) -> None:
    assert quiet_client.head("/api/v1/models/").status_code == 200
    assert quiet_client.head("/livez").content == b""
    options = quiet_client.options(URL)
    assert (options.status_code, options.content) == (204, b"")
    assert "POST" in options.headers["Allow"]
