"""The dashboard's figures, counted once and kept: a day that is over does not change.

Whoever looks waits for what is counted quickly; the rest an idle worker counts, and until then the page shows what
there was. Erasing rows does not touch the days already counted: they hold numbers only.
"""

import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.db.models import Max, Min
from django.utils import timezone

from recognizer import recounting
from recognizer.counting import count_day, count_reviewed, start_of
from recognizer.models import Review, Status, Submission, Summary

MAX_DAYS = 366
FRESH_FOR = timedelta(minutes=2)
# Nobody who looks at the page waits for more than this, and a worker is not kept from reading for longer.
BUDGET_MILLISECONDS = 50.0
# What takes long is counted seldom: at most a hundredth of the time goes into it.
REST_SHARE = 100
REVIEWED = "reviewed"
REVIEWED_FRESH_FOR = timedelta(hours=1)


def days(count: int) -> tuple[list[Summary], bool]:
    """The last `count` days (1 to MAX_DAYS) as far as they are counted, oldest first.

    Today's is at most FRESH_FOR old where counting is quick. Also says whether all of them are counted; if not, a
    worker has been asked to.
    """
    today = timezone.localdate()
    first = today - timedelta(days=count - 1)
    is_complete = refresh_days(first, today)
    if not is_complete:
        recounting.request()
    rows = Summary.objects.filter(name__range=(first.isoformat(), today.isoformat()))
    return list(rows.order_by("name")), is_complete


def refresh() -> bool:
    """Count some of what is not counted yet; whether that was all."""
    today = timezone.localdate()
    is_complete = refresh_days(today - timedelta(days=MAX_DAYS - 1), today, at_least=1)
    if is_complete and _is_stale(Summary.objects.filter(name=REVIEWED).first()):
        _recount_reviewed()
    return is_complete


def refresh_days(first: date, last: date, *, at_least: int = 0) -> bool:
    """Count days of this span that are missing or may have changed, the newest first, while BUDGET lasts.

    Returns whether none is left. `at_least` so many are counted, however long that takes.
    """
    oldest = Submission.objects.aggregate(oldest=Min("created_at"))["oldest"]
    if oldest is None:
        return True
    first = max(first, timezone.localdate(oldest))
    counted = list(Summary.objects.filter(name__range=(first.isoformat(), last.isoformat())))
    final = {row.name for row in counted if _final(row)}
    span = [last - timedelta(days=ago) for ago in range((last - first).days + 1)]
    stale = [day for day in span if day.isoformat() not in final]
    costs = {row.name: _cost(row) for row in counted}
    spent = 0.0
    for place, day in enumerate(stale):
        name = day.isoformat()
        expected = costs.get(name, max(costs.values(), default=0.0))
        if place >= at_least and spent + expected > BUDGET_MILLISECONDS:
            return False
        costs[name] = _cost(_store(name, partial(count_day, day)))
        spent += costs[name]
    return True


def _final(row: Summary) -> bool:
    """Today changes all the time, and a day with something queued may change yet: fresh enough will do."""
    over = row.counted_at >= start_of(date.fromisoformat(row.name) + timedelta(days=1))
    settled = over and not row.figures["outcomes"].get(Status.QUEUED)
    return settled or row.counted_at > timezone.now() - FRESH_FOR


def _store(name: str, count: Callable[[], dict[str, Any]]) -> Summary:
    """Count, and keep with it how long that took."""
    began = time.perf_counter()
    figures = count()
    figures["milliseconds"] = round((time.perf_counter() - began) * 1000, 1)
    defaults = {"figures": figures, "counted_at": timezone.now()}
    return Summary.objects.update_or_create(name=name, defaults=defaults)[0]


def _cost(row: Summary) -> float:
    return float(row.figures.get("milliseconds", 0.0))


def reviewed() -> Summary:
    """What is known from reviewed rows, by model version; recounted after a review, at most every FRESH_FOR.

    Where that takes long, a worker does it, and what was known before is returned.
    """
    row = Summary.objects.filter(name=REVIEWED).first()
    if row is not None and not _is_stale(row):
        return row
    if row is not None and _cost(row) > BUDGET_MILLISECONDS:
        recounting.request()
        return row
    return _recount_reviewed()


def _is_stale(row: Summary | None) -> bool:
    if row is None:
        return True
    changed = row.figures["latest"] != _latest_review()
    lifetime = max(FRESH_FOR, timedelta(milliseconds=REST_SHARE * _cost(row))) if changed else REVIEWED_FRESH_FOR
    return row.counted_at <= timezone.now() - lifetime


def _recount_reviewed() -> Summary:
    latest = _latest_review()
    return _store(REVIEWED, lambda: {"latest": latest, "versions": count_reviewed()})


def _latest_review() -> int | None:
    latest: int | None = Review.objects.aggregate(latest=Max("id"))["latest"]
    return latest
