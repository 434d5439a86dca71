"""The list of submissions and one submission's page, as a reviewer and as others meet them."""

import io
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from PIL import Image

from recognizer import services
from recognizer.admin.paging import CappedPaginator
from recognizer.models import Review, Submission
from tests import factories

LIST = "/admin/recognizer/submission/"


def change(row: Submission) -> str:
    """The address of a submission's page."""
    return reverse("admin:recognizer_submission_change", args=[row.id])


def listed(client: Client, **query: Any) -> list[Submission]:
    """What the list shows."""
    return list(client.get(LIST, query).context["cl"].result_list)


def test_the_list_shows_picture_reading_confidence_and_channel(desk: Client) -> None:
    row = factories.read("407", confidence=0.934, channel="telegram")

    page = desk.get(LIST).content.decode()

    assert reverse("admin:recognizer_submission_thumbnail", args=[row.id]) in page
    for words in ("407", "93%", "Telegram", "accepted", "not reviewed"):
        assert words in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"channel__exact": "api"}, ["5"]),
        ({"status__exact": "done"}, ["7", "5", "12"]),
        ({"outcome": "refused"}, ["5"]),
        ({"outcome": "accepted"}, ["7", "12"]),
        ({"reviewed": "yes"}, ["12"]),
        ({"reviewed": "no"}, ["7", "5"]),
        ({"reviewed": "nothing"}, []),
        ({"q": "12"}, ["12"]),
        ({"q": "۱۲"}, ["12"]),
        ({"q": "13"}, ["12"]),
        ({"q": "ada"}, ["5"]),
        ({"q": "nobody"}, []),
    ],
    ids=str,
)
def test_filters_and_search(desk: Client, rita: User, query: dict[str, str], expected: list[str]) -> None:
    labelled = factories.read("12")
    services.set_label(submission=labelled, label="13", reviewer=rita)
    factories.read("5", reason="ambiguous", channel="api", client="ada")
    services.give_feedback(submission=factories.read("7"), label="1", client="ada's friend")

    shown = [row.prediction.text for row in listed(desk, **query) if row.prediction]

    assert sorted(shown) == sorted(expected)


def test_search_by_id(desk: Client) -> None:
    row, _ = factories.read("7"), factories.read("7")

    assert listed(desk, q=str(row.id)) == [row]


def test_the_count_stops_where_nobody_pages(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CappedPaginator, "MAX_COUNT", 2)
    for _ in range(3):
        factories.read("7")

    response = desk.get(LIST)

    assert response.context["cl"].result_count == 2
    assert "The newest 2 submissions" in response.content.decode()


def test_a_page_of_the_list_takes_few_queries(desk: Client, django_assert_max_num_queries: Any) -> None:
    for _ in range(30):
        factories.read("7")

    with django_assert_max_num_queries(8):
        desk.get(LIST)


@pytest.mark.parametrize(
    ("sent", "stored"),
    [({"label": "12"}, "12"), ({"label": "۱۲"}, "12"), ({"no_digit": "on"}, ""), ({"label": ""}, None)],
    ids=str,
)
def test_the_label_has_three_states(desk: Client, rita: User, sent: dict[str, str], stored: str | None) -> None:
    row = factories.read("7")

    response = desk.post(change(row), sent)

    row.refresh_from_db()
    assert response.status_code == 302
    assert row.label == stored
    assert (row.labelled_by, row.labelled_at is None) == ((rita, False) if stored is not None else (None, True))


def test_taking_no_digit_back(desk: Client, rita: User) -> None:
    row = factories.read("7")
    services.set_label(submission=row, label="", reviewer=rita)
    assert 'name="no_digit" id="id_no_digit" checked' in desk.get(change(row)).content.decode()

    desk.post(change(row), {"label": ""})

    row.refresh_from_db()
    assert row.label is None
    assert [review.label for review in Review.objects.all()] == [None, ""]


@pytest.mark.parametrize(
    ("sent", "complaint"),
    [({"label": "seven"}, "A label holds digits only"), ({"label": "7", "no_digit": "on"}, "not both")],
    ids=str,
)
def test_a_label_that_makes_no_sense_is_refused(desk: Client, sent: dict[str, str], complaint: str) -> None:
    row = factories.read("7")

    page = desk.post(change(row), sent).content.decode()

    row.refresh_from_db()
    assert complaint in page
    assert row.label is None


def test_saving_without_a_change_is_no_decision(desk: Client, rita: User) -> None:
    row = factories.read("7")
    services.set_label(submission=row, label="7", reviewer=rita)

    desk.post(change(row), {"label": "7"})

    assert Review.objects.count() == 1


def test_the_page_of_one_tells_its_story(desk: Client, rita: User) -> None:
    row = factories.read("7", confidence=0.61, reason="ambiguous")
    factories.prediction(row, "1", live=False, model_version="v2", model_sha256="b" * 64)
    services.give_feedback(submission=row, label="1", client="ada")
    services.set_label(submission=row, label="1", reviewer=rita)

    page = desk.get(change(row)).content.decode()

    for words in ("ambiguous", "61%", "v1", "v2", "ada", "rita", "not reviewed → 1", 'class="box" x="20" y="30"'):
        assert words in page


def test_nobody_has_labelled_it_yet(desk: Client) -> None:
    page = desk.get(change(factories.read("7"))).content.decode()

    assert "Labelled by" in page
    assert "None</div>" not in page


@pytest.mark.parametrize(
    "fields",
    [{"status": "queued", "finished_at": None}, {"status": "failed", "error_code": "unreadable_image"}],
    ids=["queued", "failed"],
)
def test_one_that_was_not_read(desk: Client, fields: dict[str, Any]) -> None:
    row = factories.submission(image=b"no picture", **fields)

    assert fields["status"].capitalize() in desk.get(change(row)).content.decode()
    assert listed(desk) == [row]


@pytest.mark.parametrize(
    ("action", "labels"),
    [
        ("accept_readings", {"7": "7", "": "", "5": "5"}),
        ("mark_no_digit", {"7": "", "": "", "5": ""}),
        ("clear_labels", {"7": None, "": None, "5": None}),
    ],
)
def test_bulk_actions(desk: Client, rita: User, action: str, labels: dict[str, str | None]) -> None:
    rows = {text: factories.read(text, reason="" if text else "blank") for text in ("7", "", "5")}
    services.set_label(submission=rows["5"], label="6", reviewer=rita)

    response = desk.post(LIST, {"action": action, "_selected_action": [row.id for row in rows.values()]}, follow=True)

    assert response.status_code == 200
    for text, row in rows.items():
        row.refresh_from_db()
        assert row.label == labels[text]
        assert (row.usefulness is None) == (row.label is not None)
    assert Review.objects.filter(submission=rows["5"], previous_label="6", reviewer=rita).count() == 1


def test_select_all_means_as_many_as_the_list_says(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recognizer.admin.paging.CappedPaginator.MAX_COUNT", 2)
    rows = [factories.read("7") for _ in range(3)]
    chosen = {"action": "mark_no_digit", "select_across": "1", "_selected_action": [rows[2].id]}
    assert "Select all 2 submissions" in desk.get(LIST).content.decode()

    page = desk.post(LIST, chosen, follow=True)

    assert "2 labels changed" in page.content.decode()
    assert set(Submission.objects.filter(label="").values_list("id", flat=True)) == {row.id for row in rows[1:]}


def test_a_common_number_is_found_as_far_as_anybody_pages(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recognizer.admin.paging.CappedPaginator.MAX_COUNT", 2)
    rows = [factories.read("7") for _ in range(4)]

    newest, oldest = (desk.get(LIST, {"q": "7", **more}).context["cl"] for more in ({}, {"o": "7"}))

    assert [row.id for row in newest.result_list][:2] == [rows[3].id, rows[2].id]
    assert [row.id for row in oldest.result_list][:2] == [rows[0].id, rows[1].id]
    assert newest.paginator.capped


def test_pictures_go_to_reviewers(desk: Client) -> None:
    row = factories.read("7")

    picture = desk.get(reverse("admin:recognizer_submission_picture", args=[row.id]))
    thumbnail = desk.get(reverse("admin:recognizer_submission_thumbnail", args=[row.id]))

    assert picture.content == bytes(row.image)
    assert picture["Content-Type"] == "image/png"
    assert picture["Content-Security-Policy"] == "default-src 'none'"
    with Image.open(io.BytesIO(thumbnail.content)) as small:
        assert small.size == (112, 112)


def test_no_thumbnail_of_what_cannot_be_decoded(desk: Client) -> None:
    row = factories.submission(image=b"no picture", status="failed", error_code="unreadable_image")

    assert desk.get(reverse("admin:recognizer_submission_thumbnail", args=[row.id])).status_code == 404


ADDRESSES = [
    "changelist",
    "review",
    "dashboard",
    "picture",
    "thumbnail",
    "change",
]


@pytest.mark.parametrize("name", ADDRESSES)
def test_staff_without_the_right_see_nothing(db: None, client: Client, name: str) -> None:
    row = factories.read("7")
    client.force_login(User.objects.create_user("sam", is_staff=True))
    arguments = [row.id] if name in ("picture", "thumbnail", "change") else []

    response = client.get(reverse(f"admin:recognizer_submission_{name}", args=arguments))

    assert response.status_code == 403
    assert "Whoever runs this service can let you." in response.content.decode()
    assert str(row.id) not in client.get("/admin/").content.decode()


@pytest.mark.parametrize("name", ADDRESSES)
def test_visitors_are_sent_to_log_in(db: None, client: Client, name: str) -> None:
    row = factories.read("7")
    arguments = [row.id] if name in ("picture", "thumbnail", "change") else []

    response = client.get(reverse(f"admin:recognizer_submission_{name}", args=arguments))

    assert response.status_code == 302
    assert response["Location"].startswith("/admin/login/")


def test_reviewers_review_and_nothing_else(desk: Client, rita: User) -> None:
    row = factories.read("7")

    assert Group.objects.get(name="Reviewers").permissions.count() == 2
    assert desk.get(LIST + "add/").status_code == 403
    assert desk.get(reverse("admin:recognizer_submission_delete", args=[row.id])).status_code == 403
    assert desk.get("/admin/auth/user/").status_code == 403
    assert "delete_selected" not in desk.get(LIST).content.decode()


def test_who_may_only_look_cannot_label(db: None, client: Client) -> None:
    row = factories.read("7")
    guest = User.objects.create_user("guest", is_staff=True)
    guest.user_permissions.add(*factories.reviewers().permissions.filter(codename="view_submission"))
    client.force_login(guest)

    page = client.get(change(row))
    answer = client.post(change(row), {"label": "7"})

    assert page.status_code == 200
    assert "not reviewed" in page.content.decode()
    assert answer.status_code == 403
    assert client.get(reverse("admin:recognizer_submission_review")).status_code == 403


def test_pages_hold_no_inline_script_or_style(desk: Client) -> None:
    row = factories.read("7")

    for address in (LIST, change(row), LIST + "review/", LIST + "dashboard/", "/admin/"):
        page = desk.get(address).content.decode()
        assert "<style" not in page
        assert " style=" not in page
        assert " onclick=" not in page
        assert "<script>" not in page
