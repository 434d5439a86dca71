"""The page's own views: the form of browsers without JavaScript, the answer page, the figures."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from recognizer import wording
from recognizer.models import Feedback, Submission
from tests import processes
from tests.pictures import png

pytestmark = pytest.mark.django_db


@pytest.fixture
def answered(client: Client, worker: processes.Process) -> Submission:
    """47, sent by the form and read."""
    response = client.post("/", {"file": SimpleUploadedFile("number.png", png("47"))})
    submission = Submission.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/readings/{submission.id}/")
    return submission


def test_the_form_leads_to_the_answer(client: Client, answered: Submission) -> None:
    page = client.get(f"/readings/{answered.id}/").content.decode()

    assert answered.channel == "web"
    assert '<span class="figure">4</span><span class="figure">7</span>' in page
    assert page.count("data:image/png;base64,") == 2


@pytest.mark.parametrize(
    ("form", "label"),
    [
        ({"verdict": "right"}, "47"),
        ({"verdict": "none"}, ""),
        ({"verdict": "label", "label": "41"}, "41"),
        ({"verdict": "label", "label": " ۴۱ "}, "41"),
        ({"verdict": "right", "label": "41"}, "41"),
    ],
)
def test_feedback_by_form(client: Client, answered: Submission, form: dict[str, str], label: str) -> None:
    response = client.post(f"/readings/{answered.id}/", form)

    assert response.status_code == 200
    assert Feedback.objects.get(submission=answered).label == label
    assert wording.thanks(label) in response.content.decode()


@pytest.mark.parametrize(
    "form", [{"verdict": "label"}, {}, {"verdict": "label", "label": "forty-one"}, {"label": "1" * 65}]
)
def test_feedback_that_says_nothing_is_400(client: Client, answered: Submission, form: dict[str, str]) -> None:
    response = client.post(f"/readings/{answered.id}/", form)

    assert response.status_code == 400
    assert "Type the digits only" in response.content.decode()
    assert not Feedback.objects.exists()


@pytest.mark.parametrize(
    ("data", "status", "sentence"),
    [
        (b"GIF89a" + bytes(40), 415, "Send a still PNG, JPEG or WebP."),
        (png("4")[:20], 422, "damaged, cut short or too small"),
    ],
    ids=["another format", "cut short"],
)
def test_what_cannot_be_read_is_said_on_the_page(client: Client, data: bytes, status: int, sentence: str) -> None:
    response = client.post("/", {"file": SimpleUploadedFile("number.png", data)})

    assert response.status_code == status
    assert sentence in response.content.decode()
    assert not Submission.objects.exists()


def test_a_form_without_a_file(client: Client) -> None:
    response = client.post("/")

    assert response.status_code == 400
    assert "No picture was chosen." in response.content.decode()


def test_the_form_has_the_limits_of_the_api(client: Client, settings: Settings) -> None:
    settings.RATE_LIMIT_ANONYMOUS = (1, 60)
    sent = [client.post("/", REMOTE_ADDR="203.0.113.9") for _ in range(2)]

    assert [response.status_code for response in sent] == [400, 429]
    assert 0 < int(sent[1]["Retry-After"]) <= 60
    assert "That was a little fast." in sent[1].content.decode()


def test_the_page_says_how_long_it_keeps_what_nobody_reviews(client: Client, settings: Settings) -> None:
    settings.RETENTION_DAYS = 30
    assert "erased after 30 days" in client.get("/").content.decode()
    assert "پس از ۳۰ روز" in client.get("/", headers={"Accept-Language": "fa"}).content.decode()
    settings.RETENTION_DAYS = 0
    assert "erased after" not in client.get("/").content.decode()


def test_the_forms_are_protected_against_other_sites() -> None:
    client = Client(enforce_csrf_checks=True)

    refused = client.post("/", {"file": io.BytesIO(png("4"))})
    assert refused.status_code == 403
    assert "This form has grown old." in refused.content.decode()
    assert client.post("/language/", {"language": "fa"}).status_code == 403


def test_an_unforeseen_error_has_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wording, "strings", lambda: 1 / 0)
    client = Client(raise_request_exception=False)

    said = client.get("/", headers={"Accept-Language": "fa"})

    assert said.status_code == 500
    assert "چیزی خراب شد." in said.content.decode()
    assert "ZeroDivisionError" not in said.content.decode()


def test_submissions_of_other_channels_have_no_page(client: Client, answered: Submission) -> None:
    Submission.objects.update(channel="api")

    assert client.get(f"/readings/{answered.id}/").status_code == 404
    assert client.post(f"/readings/{answered.id}/", {"verdict": "right"}).status_code == 404
    assert not Feedback.objects.exists()


def waiting(**changes: object) -> Submission:
    """A submission of the page that nobody has read."""
    fields = {"channel": "web", "image": png("4"), "image_format": "png", "width": 280, "height": 280}
    return Submission.objects.create(**{**fields, **changes})


def test_an_answer_that_is_not_there_yet_is_asked_for_again(client: Client) -> None:
    submission = waiting()

    page = client.get(f"/readings/{submission.id}/").content.decode()

    assert '<meta http-equiv="refresh" content="2">' in page
    assert client.post(f"/readings/{submission.id}/", {"verdict": "right"}).status_code == 404


@pytest.mark.parametrize(
    ("code", "sentence"), [("gave_up", "failed several times"), ("something_new", "Something went wrong")]
)
def test_a_reading_that_failed_says_so(client: Client, code: str, sentence: str) -> None:
    submission = waiting()
    Submission.objects.update(status="failed", error_code=code, finished_at=submission.created_at)

    page = client.get(f"/readings/{submission.id}/").content.decode()

    assert sentence in page
    assert "refresh" not in page


@pytest.mark.parametrize(("share", "english", "persian"), [(0.999, "99%", "۹۹٪"), (1.0, "100%", "۱۰۰٪")])
def test_percentages_are_rounded_down(share: float, english: str, persian: str) -> None:
    assert wording.percent(share) == english
    with translation.override("fa"):
        assert wording.percent(share) == persian


def test_nothing_inline_for_the_content_security_policy_to_refuse(client: Client) -> None:
    response = client.get("/")

    page = response.content.decode()
    assert "default-src 'self'" in response["Content-Security-Policy"]
    assert " style=" not in page
    assert "<style" not in page
    assert page.count("<script") == 2
    assert '<script id="strings" type="application/json">' in page


def test_every_sentence_has_its_persian() -> None:
    english = wording.strings()
    with translation.override("fa"):
        persian = wording.strings()

    flat = [(english, persian)] + [(english[name], persian[name]) for name in ("refusals", "problems")]
    for ours, theirs in flat:
        assert isinstance(ours, dict)
        assert isinstance(theirs, dict)
        assert [name for name in ours if ours[name] == theirs[name]] == []
