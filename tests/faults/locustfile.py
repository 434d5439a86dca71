"""The crowd: people who send pictures, look answers up and open the page; what they were answered goes to a file."""

import json
import os
import random
import time
from dataclasses import asdict
from pathlib import Path

from locust import HttpUser, between, task
from locust.clients import ResponseContextManager

from tests.faults.load import PATH, Answer, picture
from tests.pictures import STROKES

ANSWERS = Path(os.environ["FAULTS_ANSWERS"]).open("a", encoding="utf-8", buffering=1)  # noqa: SIM115


class Sender(HttpUser):
    """One of them; about one request a second."""

    wait_time = between(0.5, 1.5)
    last = ""

    @task(8)
    def send(self) -> None:
        """A picture."""
        digit = random.choice(list(STROKES))
        began = time.monotonic()
        headers = {"Content-Type": "image/png"}
        with self.client.post(PATH, picture(digit), headers=headers, catch_response=True) as response:
            seconds = time.monotonic() - began
            said = response.json() if response.status_code in (201, 202) else {}
            answer = Answer(digit, response.status_code, seconds, said.get("id", ""), said.get("text") or "")
            ANSWERS.write(json.dumps(asdict(answer)) + "\n")
            self.last = said.get("url", self.last)
            judge(response)

    @task(2)
    def look_up(self) -> None:
        """The last answer."""
        if self.last:
            with self.client.get(self.last, name="/api/v1/predictions/{id}/", catch_response=True) as response:
                judge(response)

    @task(1)
    def open(self) -> None:
        """The page."""
        with self.client.get("/", catch_response=True) as response:
            judge(response)


def judge(response: ResponseContextManager) -> None:
    """503 says honestly that the service is full; any other error is a failure."""
    if response.status_code == 503:
        response.success()  # type: ignore[no-untyped-call]
