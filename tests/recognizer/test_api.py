"""The HTTP API against a real worker, Redis and database."""

import base64
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from recognizer.models import Channel, Status, Submission
from tests.pictures import drawing, encoded, png
from tests.processes import Process, wait_until
from tests.recognizer.problems import assert_problem

URL = "/api/v1/predictions/"


def form_file(data: bytes, name: str = "picture.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def test_form_upload_is_read_and_stored(client: Client, worker: Process) -> None:
    response = client.post(URL, {"image": form_file(png("7"))})

    body = response.json()
    assert response.status_code == 201, body
    assert response.headers["Location"] == body["url"] == f"{URL}{body['id']}/"
    assert (body["status"], body["text"], body["digit"], body["accepted"], body["reason"]) == (
        "done",
        "7",
        7,
        True,
        None,
    )
    (digit,) = body["digits"]
    assert digit["digit"] == 7
    assert len(digit["probabilities"]) == 10
    assert digit["probabilities"][7] == max(digit["probabilities"])
    assert sum(digit["probabilities"]) == pytest.approx(1, abs=1e-4)
    x, y, width, height = digit["box"]
    assert 40 < x < 80 and 20 < y < 60 and 120 < width < 190 and 190 < height < 250
    assert "preview" not in digit
    row = Submission.objects.get(id=body["id"])
    assert (row.channel, row.status, row.prediction and row.prediction.text) == (Channel.API, Status.DONE, "7")
    assert body["model"]["sha256"] == row.predictions.get().model_sha256


def test_raw_body_is_read(client: Client, worker: Process) -> None:
    jpeg = encoded(drawing("3"), "JPEG", quality=85)

    response = client.post(URL, jpeg, content_type="image/jpeg")

    assert response.status_code == 201, response.content
    assert response.json()["text"] == "3"


def test_data_url_is_read_with_preview(client: Client, worker: Process) -> None:
    data_url = "data:image/png;base64," + base64.b64encode(png("2")).decode()

    response = client.post(f"{URL}?include=preview", {"image": data_url}, content_type="application/json")

    body = response.json()
    assert (response.status_code, body["text"]) == (201, "2")
    preview = body["digits"][0]["preview"]
    assert base64.b64decode(preview.removeprefix("data:image/png;base64,")).startswith(b"\x89PNG")


def test_the_page_is_a_channel_of_its_own(client: Client, worker: Process) -> None:
    response = client.post(URL, png("1"), content_type="image/png", headers={"X-Channel": "web"})

    assert Submission.objects.get(id=response.json()["id"]).channel == Channel.WEB


def test_get_by_id_answers_the_same(client: Client, worker: Process) -> None:
    posted = client.post(URL, png("4"), content_type="image/png").json()

    fetched = client.get(posted["url"])

    assert fetched.status_code == 200
    assert fetched.json() == posted


def test_respond_async_answers_202_and_is_read(client: Client, worker: Process) -> None:
    response = client.post(URL, png("7"), content_type="image/png", headers={"Prefer": "respond-async"})

    assert response.status_code == 202
    assert response.json()["status"] == "queued"
    location = response.headers["Location"]
    wait_until(lambda: client.get(location).json()["status"] == "done", what="the submission to be read")
    assert client.get(location).json()["text"] == "7"


def test_old_predict_answers_the_digit(client: Client, worker: Process) -> None:
    response = client.post("/predict", {"file": form_file(png("7"))})

    assert response.status_code == 200
    assert response.json()["digit"] == 7


def test_damaged_picture_is_422_and_kept(client: Client, worker: Process) -> None:
    truncated = encoded(drawing("7", ink="#123"), "PNG")[:400]

    response = client.post(URL, truncated, content_type="image/png")

    assert_problem(response, 422, "unreadable_image")
    assert Submission.objects.get(id=response.json()["id"]).status == Status.FAILED


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"", "image/png", 400, "missing_image"),
        (b"GIF89a" + bytes(50), "image/gif", 415, "unsupported_format"),
        (bytes(range(256)), "image/png", 415, "unsupported_format"),
        (b"<svg/>", "text/plain", 415, "unsupported_media_type"),
        (b"{", "application/json", 400, "parse_error"),
        (b"[]", "application/json", 400, "missing_image"),
        (b"{}", "application/json", 400, "missing_image"),
        (b'{"image": "http://x/a.png"}', "application/json", 400, "parse_error"),
        (b'{"image": "data:image/png;base64,%%"}', "application/json", 400, "parse_error"),
    ],
)
def test_wrong_input_says_what_is_wrong(
    client: Client, db: None, body: bytes, content_type: str, status: int, code: str
) -> None:
    response = client.post(URL, body, content_type=content_type)

    assert_problem(response, status, code)
    assert not Submission.objects.exists()


def test_bomb_is_refused_by_its_header(client: Client, db: None) -> None:
    header = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (12_000).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    bomb = header + b"\x00" * 64

    response = client.post(URL, bomb, content_type="image/png")

    assert response.status_code in (413, 422)
    assert not Submission.objects.exists()


def test_too_large_upload_is_413(client: Client, db: None, settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 1000

    response = client.post(URL, png("7") + bytes(1000), content_type="image/png")

    assert_problem(response, 413, "image_too_large")


@pytest.mark.parametrize("query", ["digits=0", "digits=x", "digits=1000", "include=secrets"])
def test_bad_options_are_400(client: Client, db: None, query: str) -> None:
    response = client.post(f"{URL}?{query}", png("7"), content_type="image/png")

    assert_problem(response, 400, "invalid")
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    "path", [f"{URL}6f1cdd02-8b6b-4a1e-9a57-3d2f1f0c8e11/", f"{URL}nonsense/", "/api/v1/nothing/"]
)
def test_unknown_address_is_404(client: Client, db: None, path: str) -> None:
    assert_problem(client.get(path), 404, "not_found")


def test_method_not_allowed_is_a_problem(client: Client, db: None) -> None:
    assert_problem(client.put(URL, b"", content_type="image/png"), 405, "method_not_allowed")


def test_models_names_the_version_that_reads(client: Client, worker: Process) -> None:
    read_by = client.post(URL, png("7"), content_type="image/png").json()["model"]

    (model,) = client.get("/api/v1/models/").json()

    assert model["live"] is True
    # Which preprocessing it was trained with may be another than prepares its pictures now.
    assert (model["version"], model["sha256"]) == (read_by["version"], read_by["sha256"])


def test_probes(client: Client, worker: Process) -> None:
    assert client.get("/livez").json() == {"status": "ok"}
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json() == {"status": "ok", "checks": {"database": True, "redis": True, "worker": True}}


def test_schema_and_docs_are_served_locally(client: Client, db: None) -> None:
    schema = client.get("/api/schema/")
    docs = client.get("/api/docs/")

    assert schema.status_code == docs.status_code == 200
    assert b"/api/v1/predictions/" in schema.content
    assert b"https://" not in docs.content
