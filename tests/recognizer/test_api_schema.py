"""The schema tells the truth: Schemathesis sends what it allows and what it forbids, and checks every answer."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import Browser

from recognizer.tokens import create_token
from tests.pictures import png

SCHEMATHESIS = str(Path(sys.executable).with_name("schemathesis"))


def test_every_answer_is_as_the_schema_says(gunicorn: int, tmp_path: Path) -> None:
    _, secret = create_token(owner=User.objects.create_user("ada"), name="schemathesis")
    # Bytes that fit the schema are not yet a picture: refusing them is right.
    options = ["--exclude-checks", "positive_data_acceptance", "--max-examples", "5", "--continue-on-failure"]
    options += ["--header", f"Authorization: Bearer {secret}", "--generation-deterministic", "--no-color"]

    run = subprocess.run(
        [SCHEMATHESIS, "run", f"http://127.0.0.1:{gunicorn}/api/schema/", *options],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=280,
    )

    assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]
    operations = sum(len(methods) for methods in Client().get("/api/schema/?format=json").json()["paths"].values())
    assert f"Tested: {operations}" in run.stdout


def test_the_schema_can_be_made_without_a_warning() -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", file="/dev/null")


def test_real_pictures_are_accepted_as_the_schema_says(client: Client, db: None) -> None:
    schema = client.get("/api/schema/?format=json").json()
    answers = schema["paths"]["/api/v1/predictions/"]["post"]["responses"]

    response: Any = client.post(
        "/api/v1/predictions/", png("7"), content_type="image/png", headers={"Prefer": "respond-async"}
    )

    assert set(response.headers) & {"Location", "Retry-After", "RateLimit"} <= set(answers["202"]["headers"])
    item = schema["components"]["schemas"]["Prediction"]
    assert set(response.json()) == set(item["properties"]) == set(item["required"])


@pytest.mark.browser
def test_the_docs_page_works_under_the_policy(gunicorn: int, browser: Browser) -> None:
    with browser.new_page() as page:
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.goto(f"http://127.0.0.1:{gunicorn}/api/docs/")
        page.click("#operations-predictions-predict .opblock-summary-control")
        page.get_by_role("button", name="Try it out").click()
        shown = page.locator("#operations-predictions-predict").inner_text()

    assert "Idempotency-Key" in shown
    assert complaints == []
