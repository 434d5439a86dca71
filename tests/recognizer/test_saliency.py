"""Which ink speaks for a digit: asked of a real worker over the API."""

import base64
import signal
from io import BytesIO

import numpy as np
import pytest
from django.test import Client
from PIL import Image

from recognizer import dispatch, services
from recognizer.models import Submission
from recognizer.tasks import check_worker
from tests.pictures import png
from tests.processes import Process, wait_until
from tests.recognizer.models import live


@pytest.fixture
def answered(worker: Process) -> Submission:
    """47, read by the version that is live: the worker may still have one that an earlier test let live."""
    wait_until(
        lambda: (dispatch.ask(check_worker, timeout=2) or {}).get("model_version") == live().version,
        what="the worker to follow the registry",
    )
    return services.read(submission=services.submit(image=png("47"), channel="web"))


def url(submission: Submission, place: int) -> str:
    """Where the explanation of one digit lies."""
    return f"/api/v1/predictions/{submission.id}/digits/{place}/saliency/"


def test_a_worker_says_which_ink_spoke(client: Client, answered: Submission) -> None:
    body = client.get(url(answered, 1)).json()

    assert answered.prediction is not None
    stored = answered.prediction.digits[1]
    ink = np.asarray(Image.open(BytesIO(base64.b64decode(stored["preview"]))))
    saliency = np.array(body["map"])
    assert body["digit"] == stored["digit"] == 7
    assert body["model"]["version"] == answered.prediction.model_version
    assert body["model"]["preprocessing_version"] == answered.prediction.preprocessing_version
    assert saliency.shape == (28, 28)
    assert np.abs(saliency).max() == 1
    assert (saliency[ink == 0] == 0).all()


def test_only_a_digit_that_was_read_has_one(client: Client, answered: Submission) -> None:
    queued = services.submit(image=png("4"), channel="web")

    assert client.get(url(answered, 2)).status_code == 404
    assert client.get(url(queued, 0)).status_code == 404


def test_without_a_free_worker_it_is_503(
    client: Client, answered: Submission, worker: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recognizer.saliency.TIMEOUT_SECONDS", 0.3)
    client.raise_request_exception = False
    worker.send(signal.SIGSTOP)
    try:
        response = client.get(url(answered, 0))
    finally:
        worker.send(signal.SIGCONT)

    assert response["Retry-After"] == "1"
    assert (response.status_code, response.json()["code"]) == (503, "unavailable")
