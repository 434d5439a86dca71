"""The dashboard's figures, counted by hand and by the database."""

from datetime import timedelta

import pytest
from celery import current_app
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from recognizer import counting, dispatch, estimates, services, summaries
from recognizer.models import Submission, Summary
from tests import factories
from tests.processes import Process, wait_until

PAGE = "/admin/recognizer/submission/dashboard/"


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy this machine is, what few rows there are is counted at once."""
    monkeypatch.setattr(summaries, "BUDGET_MILLISECONDS", float("inf"))


def age(row: Submission, **ago: float) -> None:
    """Let it have come in earlier, and taken 20 ms."""
    received = timezone.now() - timedelta(**ago)
    Submission.objects.filter(id=row.id).update(created_at=received, finished_at=received + timedelta(milliseconds=20))


def counted_days() -> list[Summary]:
    """The last seven, all of them counted."""
    rows, is_complete = summaries.days(7)
    assert is_complete
    return rows


def test_a_day_is_counted_by_channel_outcome_and_latency(db: None) -> None:
    factories.read("7")
    factories.read("7", channel="api")
    factories.read("7", channel="api", reason="ambiguous")
    factories.submission(status="failed", error_code="unreadable_image")
    factories.submission(status="queued", finished_at=None)
    age(factories.read("7"), days=1)

    figures = counting.count_day(timezone.localdate())

    assert figures["channels"] == {"web": 3, "api": 2}
    assert figures["outcomes"] == {"accepted": 2, "ambiguous": 1, "failed": 1, "queued": 1}
    assert sum(figures["latency"].values()) == 3


def test_latency_is_the_time_from_received_to_finished(db: None) -> None:
    age(factories.read("7"), hours=0)

    assert counting.count_day(timezone.localdate())["latency"] == {estimates.bucket(20): 1}


def test_a_day_that_is_over_is_counted_once(db: None) -> None:
    age(factories.read("7"), days=3)
    summaries.days(7)
    counted_at = Summary.objects.get(name=str(timezone.localdate() - timedelta(days=3))).counted_at

    summaries.days(7)

    assert Summary.objects.get(name=str(timezone.localdate() - timedelta(days=3))).counted_at == counted_at
    assert len(counted_days()) == 4


def test_a_day_stays_counted_when_its_rows_are_erased(db: None) -> None:
    age(factories.read("7"), days=3)
    summaries.days(7)

    Submission.objects.all().delete()
    factories.read("7")

    assert [day.figures["channels"] for day in counted_days()] == [{"web": 1}, {}, {}, {}]


def test_today_is_counted_again_when_it_is_no_longer_fresh(db: None) -> None:
    factories.read("7")
    summaries.days(7)
    factories.read("7")
    assert counted_days()[-1].figures["channels"] == {"web": 1}

    Summary.objects.update(counted_at=timezone.now() - summaries.FRESH_FOR)

    assert counted_days()[-1].figures["channels"] == {"web": 2}


def test_a_day_with_something_queued_is_counted_again(db: None) -> None:
    row = factories.submission(status="queued", finished_at=None)
    yesterday = timezone.now() - timedelta(days=1)
    Submission.objects.filter(id=row.id).update(created_at=yesterday)
    summaries.days(7)
    Submission.objects.filter(id=row.id).update(status="done", finished_at=yesterday)
    Summary.objects.update(counted_at=timezone.now() - summaries.FRESH_FOR)

    assert counted_days()[0].figures["outcomes"] == {"accepted": 1}


def test_accuracy_by_version_on_reviewed_rows(rita: User) -> None:
    for text, reason, label in [("7", "", "7"), ("1", "", "7"), ("40", "", "40"), ("3", "ambiguous", "3")]:
        services.set_label(submission=factories.read(text, confidence=0.85, reason=reason), label=label, reviewer=rita)
    for text, reason in [("8", "not_a_digit"), ("8", "")]:
        services.set_label(submission=factories.read(text, reason=reason), label="", reviewer=rita)
    both = factories.read("5")
    factories.prediction(both, "6", live=False, model_version="v2", model_sha256="b" * 64)
    services.set_label(submission=both, label="6", reviewer=rita)
    factories.read("9")

    counted = counting.count_reviewed()

    first, second = counted["v1"], counted["v2"]
    names = ("digits", "answered", "right", "nothing", "refused")
    assert [first[name] for name in names] == [5, 4, 2, 2, 1]
    assert [second[name] for name in names] == [1, 1, 1, 0, 0]
    matrix = first["confusion"]
    assert (matrix[7][7], matrix[7][1], matrix[4][4], matrix[0][0], matrix[6][5]) == (1, 1, 1, 1, 1)
    assert (matrix[3][counting.NOT_A_DIGIT], matrix[counting.NOT_A_DIGIT][8]) == (1, 1)
    assert first["bins"][8] == [4, pytest.approx(3.4), 3]


def test_reviewed_figures_follow_a_review_once_they_are_not_fresh(rita: User) -> None:
    summaries.reviewed()
    services.set_label(submission=factories.read("7"), label="7", reviewer=rita)
    assert summaries.reviewed().figures["versions"] == {}

    Summary.objects.update(counted_at=timezone.now() - summaries.FRESH_FOR)

    assert summaries.reviewed().figures["versions"]["v1"]["right"] == 1


def test_the_page_shows_charts_tables_and_figures(desk: Client, rita: User) -> None:
    services.set_label(submission=factories.read("7"), label="7", reviewer=rita)
    factories.read("8", channel="telegram", reason="ambiguous")

    page = desk.get(PAGE, {"days": "7"}).content.decode()

    assert page.count('<svg class="chart') == 4
    assert page.count("<table") >= 6
    for words in ("1 of 1; 20.7% to 100.0%", "ambiguous", "Telegram", "50.0%", "v1"):
        assert words in page


def test_the_page_of_a_service_that_nobody_used(desk: Client) -> None:
    page = desk.get(PAGE)

    assert page.status_code == 200
    assert "Nothing has been reviewed yet" in page.content.decode()


@pytest.mark.parametrize("query", [{"days": "nonsense"}, {"days": "100000"}, {"version": "no such"}], ids=str)
def test_nonsense_in_the_address_is_ignored(desk: Client, query: dict[str, str]) -> None:
    assert desk.get(PAGE, query).status_code == 200
    assert desk.get(PAGE, query).context["span"] == 30


def test_numbers_in_charts_are_written_with_a_dot_in_every_language(desk: Client, rita: User) -> None:
    services.set_label(submission=factories.read("7"), label="7", reviewer=rita)

    page = desk.get(PAGE, headers={"accept-language": "fa"}).content.decode()

    assert 'dir="rtl"' in page
    assert 'viewBox="0 0 480 220"' in page
    assert "٫" not in page.split("<svg", 1)[1].split("</svg>")[0]


def test_quantities_are_written_in_the_readers_figures(desk: Client, rita: User) -> None:
    services.set_label(submission=factories.read("7"), label="7", reviewer=rita)

    page = desk.get(PAGE, headers={"accept-language": "fa"}).content.decode()

    assert "۳۰ روز" in page
    assert "<strong>۱۰۰٫۰٪</strong>" in page
    assert "<bdi>v1</bdi>" in page, "a version's name runs from left to right"


def test_a_year_is_shown_by_the_week(desk: Client) -> None:
    for ago in (0, 3, 8, 300):
        age(factories.read("7"), days=ago)

    page = desk.get(PAGE, {"days": "364"})

    assert [len(page.context[name]["rows"]) for name in ("channels", "outcomes", "latency")] == [52] * 3
    newest, before, *older = (sum(counts) for _, counts in page.context["channels"]["rows"])
    assert (newest, before, sum(older)) == (2, 1, 1)
    assert "week from" in page.content.decode()


def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with millions of rows: whatever is counted is over the budget."""
    monkeypatch.setattr(summaries, "BUDGET_MILLISECONDS", 0.0)


def three_days_counted(*, days_ago: int) -> None:
    """Three days with a submission each, whose figures are so old."""
    for ago in range(3):
        age(factories.read("7"), days=ago)
    counted_days()
    Summary.objects.update(counted_at=timezone.now() - timedelta(days=days_ago))


def test_nobody_waits_for_slow_counting(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    three_days_counted(days_ago=1)
    slow(monkeypatch)

    page = desk.get(PAGE, {"days": "7"})

    assert "still being counted" in page.content.decode()
    assert sum(sum(counts) for _, counts in page.context["channels"]["rows"]) == 3
    assert not Summary.objects.filter(counted_at__gt=timezone.now() - summaries.FRESH_FOR, name__startswith="20")


def test_a_worker_counts_one_slow_day_at_a_time(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    three_days_counted(days_ago=9)
    slow(monkeypatch)

    assert [summaries.refresh() for _ in range(3)] == [False, False, True]


def test_an_idle_worker_counts_what_the_page_left(
    worker: Process, desk: Client, rita: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What the tests before asked for is not to be counted in between, nor to have been counted.
    current_app.control.purge()
    assert dispatch.worker_answers(timeout=30)
    Summary.objects.all().delete()
    dispatch.redis_client().delete(f"{settings.REDIS_KEY_PREFIX}turn:recount")
    services.set_label(submission=factories.read("7"), label="7", reviewer=rita)
    summaries.days(7)
    summaries.reviewed()
    services.set_label(submission=factories.read("8"), label="8", reviewer=rita)
    Summary.objects.update(counted_at=timezone.now() - timedelta(days=9))
    slow(monkeypatch)

    assert summaries.reviewed().figures["versions"]["v1"]["right"] == 1
    wait_until(
        lambda: Summary.objects.get(name="reviewed").figures["versions"]["v1"]["right"] == 2,
        what="the worker to count",
    )
    assert summaries.days(7)[0][-1].figures["channels"] == {"web": 2}


def test_the_page_does_without_redis(desk: Client, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    factories.read("7")
    counted_days()
    Summary.objects.update(counted_at=timezone.now() - timedelta(days=1))
    slow(monkeypatch)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    dispatch.redis_client.cache_clear()

    try:
        assert desk.get(PAGE).status_code == 200
    finally:
        dispatch.redis_client.cache_clear()
