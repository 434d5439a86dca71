"""The queue's order, who gets what, decisions, undo and hints."""

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from recognizer import review, services, usefulness
from recognizer.models import Reservation, Review, Submission
from tests import factories

DESK = "/admin/recognizer/submission/review/"


@pytest.fixture
def rita(db: None) -> User:
    """A reviewer."""
    return factories.reviewer("rita")


@pytest.fixture
def omar(db: None) -> User:
    """Another."""
    return factories.reviewer("omar")


@pytest.fixture
def desk(rita: User, client: Client) -> Client:
    """Rita's browser."""
    client.force_login(rita)
    return client


def post(client: Client, what: str, **content: Any) -> Any:
    """What the page's script sends."""
    return client.post(f"{DESK}{what}/", json.dumps(content, default=str), content_type="application/json")


def test_the_most_useful_comes_first(rita: User) -> None:
    sure = factories.read("1", confidence=0.99)
    unsure = factories.read("2", confidence=0.6)
    refused = factories.read("3", confidence=0.6, reason="ambiguous")
    blank = factories.read("", confidence=0.9, reason="blank")
    doubted = factories.read("5", confidence=0.99)
    services.give_feedback(submission=doubted, label="6", client="ada")
    disputed = factories.read("7", confidence=0.98)
    factories.prediction(disputed, "1", live=False, model_sha256="b" * 64)
    usefulness.refresh([disputed.id])

    order = review.take(reviewer=rita, count=10)

    assert order == [refused, disputed, doubted, unsure, blank, sure]


def test_feedback_is_a_hint_and_never_a_label(rita: User) -> None:
    row = factories.read("7", confidence=0.9)

    services.give_feedback(submission=row, label="1", client="ada")

    row.refresh_from_db()
    assert row.label is None
    assert row.usefulness == pytest.approx(0.1 + 1)


def test_agreeing_feedback_changes_nothing(rita: User) -> None:
    row, refused = factories.read("7", confidence=0.9), factories.read("8", confidence=0.5, reason="not_a_digit")

    services.give_feedback(submission=row, label="7", client="ada")
    services.give_feedback(submission=refused, label="", client="ada")

    for submission, expected in ((row, 0.1), (refused, 0.5 + 0.8)):
        submission.refresh_from_db()
        assert submission.usefulness == pytest.approx(expected)


def test_a_client_counts_once_and_two_count_twice(rita: User) -> None:
    nagged, doubted = factories.read("7", confidence=0.9), factories.read("7", confidence=0.9)

    for label in "123456":
        services.give_feedback(submission=nagged, label=label, client="ada")
    for client in ("bob", "eve"):
        services.give_feedback(submission=doubted, label="1", client=client)

    nagged.refresh_from_db()
    doubted.refresh_from_db()
    assert nagged.usefulness == pytest.approx(0.1 + 1)
    assert doubted.usefulness == pytest.approx(0.1 + 2)


def test_each_further_waiting_hint_of_a_client_counts_less(rita: User) -> None:
    rows = [factories.read("7", confidence=0.9) for _ in range(3)]

    for row in rows:
        services.give_feedback(submission=row, label="1", client="ada")
        row.refresh_from_db()

    assert [row.usefulness for row in rows] == [pytest.approx(0.1 + 1 / n) for n in (1, 2, 3)]


def test_what_is_labelled_leaves_the_queue_and_comes_back(rita: User) -> None:
    row = factories.read("7", confidence=0.9)

    services.set_label(submission=row, label="7", reviewer=rita)
    assert review.waiting() == 0

    services.set_label(submission=row, label=None, reviewer=rita)
    row.refresh_from_db()
    assert row.usefulness == pytest.approx(0.1)
    assert review.waiting() == 1


def test_feedback_on_a_labelled_one_does_not_bring_it_back(rita: User) -> None:
    row = factories.read("7")
    services.set_label(submission=row, label="7", reviewer=rita)

    services.give_feedback(submission=row, label="1", client="ada")

    assert review.waiting() == 0


@pytest.mark.parametrize(
    "fields", [{"usefulness": -1}, {"usefulness": 1, "label": "7", "labelled_at": timezone.now()}]
)
def test_impossible_places_in_the_queue(db: None, fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.submission(**fields)


def test_two_reviewers_get_different_pictures(rita: User, omar: User) -> None:
    rows = {factories.read("7").id for _ in range(6)}

    hers = {row.id for row in review.take(reviewer=rita, count=3)}
    his = {row.id for row in review.take(reviewer=omar, count=3)}

    assert hers | his == rows
    assert review.take(reviewer=omar, count=3, without=his) == []


def test_a_reviewer_gets_theirs_again_after_a_reload(rita: User) -> None:
    factories.read("7")

    assert review.take(reviewer=rita, count=3) == review.take(reviewer=rita, count=3)


def test_a_reservation_ends(rita: User, omar: User) -> None:
    row = factories.read("7")
    review.take(reviewer=rita, count=1)
    Reservation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert review.take(reviewer=omar, count=1) == [row]


def test_reviewers_who_come_at_the_same_moment_share_nothing(transactional_db: None) -> None:
    people = [User.objects.create_user(f"reviewer {n}") for n in range(4)]
    for _ in range(20):
        factories.read("7")
    gate, taken = threading.Barrier(len(people)), []

    def come(person: User) -> None:
        gate.wait()
        taken.append([row.id for row in review.take(reviewer=person, count=5)])
        connection.close()

    threads = [threading.Thread(target=come, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    everything = [row for rows in taken for row in rows]
    assert len(taken) == 4
    assert len(everything) == len(set(everything))
    assert all(taken)


def test_a_decision_has_who_and_when(rita: User) -> None:
    row = factories.read("7")

    decision = review.decide(submission_id=row.id, label="1", reviewer=rita)

    row.refresh_from_db()
    assert (row.label, row.labelled_by, row.labelled_at) == ("1", rita, decision.created_at)
    assert (decision.previous_label, decision.label, decision.reviewer) == (None, "1", rita)
    assert not Reservation.objects.exists()


def test_the_second_decision_does_not_overrule_the_first(rita: User, omar: User) -> None:
    row = factories.read("7")
    review.decide(submission_id=row.id, label="7", reviewer=rita)

    with pytest.raises(review.Conflict):
        review.decide(submission_id=row.id, label="1", reviewer=omar)

    row.refresh_from_db()
    assert (row.label, row.labelled_by) == ("7", rita)


def test_a_wrong_label_leaves_no_trace(rita: User) -> None:
    row = factories.read("7")

    with pytest.raises(ValidationError):
        review.decide(submission_id=row.id, label="x", reviewer=rita)

    assert not Review.objects.exists()
    assert review.waiting() == 1


def test_undo_takes_back_one_after_the_other(rita: User) -> None:
    first, second = factories.read("7"), factories.read("7")
    review.decide(submission_id=first.id, label="1", reviewer=rita)
    review.decide(submission_id=second.id, label="2", reviewer=rita)

    undone = [review.undo(reviewer=rita) for _ in range(3)]

    assert undone == [second, first, None]
    assert [row.label for row in Submission.objects.all()] == [None, None]
    assert Review.objects.filter(undoes__isnull=False).count() == 2
    assert Reservation.objects.filter(reviewer=rita).count() == 2


def test_undo_restores_what_was_there_before(rita: User, omar: User) -> None:
    row = factories.read("7")
    services.set_label(submission=row, label="7", reviewer=omar)
    services.set_label(submission=row, label="1", reviewer=rita)

    review.undo(reviewer=rita)

    row.refresh_from_db()
    assert row.label == "7"


def test_undo_leaves_what_others_changed_since(rita: User, omar: User) -> None:
    row = factories.read("7")
    services.set_label(submission=row, label="1", reviewer=rita)
    services.set_label(submission=row, label="7", reviewer=omar)

    with pytest.raises(review.Conflict):
        review.undo(reviewer=rita)

    row.refresh_from_db()
    assert row.label == "7"


def test_accepting_many_leaves_unread_and_endless_ones_alone(rita: User) -> None:
    endless, unread = factories.read("1" * 70, reason="too_many"), factories.submission()

    changed = review.label_all(submission_ids=[endless.id, unread.id], label=review.READING, reviewer=rita)

    assert changed == 0
    assert not Review.objects.exists()


def test_the_page_asks_decides_skips_and_takes_back(desk: Client, rita: User) -> None:
    first = factories.read("7", confidence=0.5, reason="ambiguous")
    second = factories.read("407", confidence=0.7)
    services.give_feedback(submission=first, label="1", client="ada")

    answer = post(desk, "next").json()
    assert [item["id"] for item in answer["items"]] == [str(first.id), str(second.id)]
    assert answer["waiting"] == 2
    shown = answer["items"][0]
    assert shown["why"] == ["The sender says: 1", "50% sure"]
    assert shown["digits"] == [{"digit": 7, "box": [20, 30, 80, 200], "percent": "50%"}]
    assert post(desk, "next", have=[first.id, second.id]).json()["items"] == []

    assert post(desk, "decide", id=first.id, label="۱").json() == {"waiting": 1}
    first.refresh_from_db()
    assert first.label == "1"

    post(desk, "skip", id=second.id)
    assert post(desk, "next").json()["items"] == []

    assert post(desk, "undo", id=first.id).json()["item"]["id"] == str(first.id)
    first.refresh_from_db()
    assert first.label is None
    assert post(desk, "undo").json()["item"] is None


def test_what_the_page_is_told_when_it_cannot_be(desk: Client, omar: User) -> None:
    row, gone = factories.read("7"), factories.read("7")
    services.set_label(submission=row, label="1", reviewer=omar)
    gone_id = gone.id
    gone.delete()

    taken = post(desk, "decide", id=row.id, label="7")
    erased = post(desk, "decide", id=gone_id, label="7")
    wrong = post(desk, "decide", id=factories.read("7").id, label="seven")

    assert (taken.status_code, taken.json()["detail"]) == (
        409,
        "Somebody else has decided on this one; their label stands.",
    )
    assert erased.status_code == 409
    assert (wrong.status_code, "digits only" in wrong.json()["detail"]) == (400, True)
    assert post(desk, "decide", id="nonsense", label="7").status_code == 400
    assert desk.get(f"{DESK}next/").status_code == 405


def test_only_reviewers_decide(db: None, client: Client) -> None:
    row = factories.read("7")
    client.force_login(User.objects.create_user("sam", is_staff=True))

    answers = [post(client, what, id=row.id, label="7") for what in ("next", "decide", "skip", "undo")]

    assert [answer.status_code for answer in answers] == [403] * 4
    row.refresh_from_db()
    assert row.label is None
