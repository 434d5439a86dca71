"""The dashboard: what came in, how fast it was answered, and how right the answers were."""

from collections import Counter
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from recognizer import charts, estimates, review, summaries
from recognizer.admin import quality, words
from recognizer.models import Channel, Status, Submission
from recognizer.wording import number

SPANS = (7, 30, 90, 364)
# From here on a point of a chart is a week: a year of days would be hairlines.
WEEKLY_FROM = 364
WEEK = 7
DEFAULT_SPAN = 30
PERCENTILES = (50, 95, 99)


def dashboard(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """The page, for those who may see submissions; `days` and `version` narrow it."""
    if not request.user.has_perm("recognizer.view_submission"):
        raise PermissionDenied
    span = next((days for days in SPANS if str(days) == request.GET.get("days")), DEFAULT_SPAN)
    page = {
        **context,
        "title": _("Dashboard"),
        "opts": Submission._meta,
        "span": span,
        "spans": SPANS,
        "waiting": review.waiting(),
        "plot": plot_area(),
        **traffic(span),
        **quality.by_version(request.GET.get("version", "")),
    }
    return TemplateResponse(request, "admin/recognizer/submission/dashboard.html", page)


def plot_area() -> dict[str, int]:
    """The frame that all charts over days share, in their own units."""
    return {
        "width": charts.WIDTH,
        "height": charts.HEIGHT,
        "left": charts.LEFT,
        "right": charts.WIDTH - charts.RIGHT,
        "label": charts.LEFT - 8,
        "foot": charts.HEIGHT - 8,
    }


def traffic(span: int) -> dict[str, Any]:
    """Submissions, outcomes and latency of the last `span` days: charts, their tables and the totals."""
    rows, is_complete = summaries.days(span)
    counted = {row.name: row.figures for row in rows}
    today = timezone.localdate()
    dates = [today - timedelta(days=ago) for ago in reversed(range(span))]
    figures = [counted.get(day.isoformat(), {}) for day in dates]
    is_weekly = span >= WEEKLY_FROM
    if is_weekly:
        dates, figures = dates[::WEEK], [_sum(figures[n : n + WEEK]) for n in range(0, span, WEEK)]
    names = [number(formats.date_format(day, "j M")) for day in dates]
    latencies = [Counter({int(k): n for k, n in day.get("latency", {}).items()}) for day in figures]
    channels = [
        (key, str(label), [day.get("channels", {}).get(key, 0) for day in figures]) for key, label in Channel.choices
    ]
    outcomes = [(key, label, [_outcome(day, key) for day in figures]) for key, label in _outcomes()]
    curves = [
        (f"p{share}", f"p{share}", [estimates.percentile(day, share / 100) for day in latencies])
        for share in PERCENTILES
    ]
    return {
        "channels": _chart(charts.stacked(names, channels), channels, names),
        "outcomes": _chart(charts.stacked(names, outcomes), outcomes, names),
        "latency": _chart(charts.durations(names, curves), curves, names),
        "tiles": tiles(figures, sum(latencies, Counter())),
        "refusals": refusals(figures),
        "is_weekly": is_weekly,
        "is_complete": is_complete,
    }


def _sum(days: list[dict[str, Any]]) -> dict[str, Any]:
    """The figures of several days as those of one."""
    parts = ("channels", "outcomes", "latency")
    return {part: sum((Counter(day.get(part, {})) for day in days), Counter()) for part in parts}


def _outcomes() -> list[tuple[str, str]]:
    return [
        ("accepted", _("Accepted")),
        ("refused", _("Refused")),
        ("failed", str(Status.FAILED.label)),
        ("queued", str(Status.QUEUED.label)),
    ]


def _outcome(day: dict[str, Any], outcome: str) -> int:
    """A day's count; what is neither accepted nor unread was refused, for whatever reason."""
    counts: dict[str, int] = day.get("outcomes", {})
    if outcome == "refused":
        return sum(n for key, n in counts.items() if key not in ("accepted", "failed", "queued"))
    return counts.get(outcome, 0)


def _chart(chart: charts.Chart, series: list[tuple[str, str, list[Any]]], names: list[str]) -> dict[str, Any]:
    """A chart with its legend and, newest day first, the table that says the same."""
    rows = list(zip(names, zip(*(values for _, _, values in series), strict=True), strict=True))
    return {"chart": chart, "legend": [(css, name) for css, name, _ in series], "rows": rows[::-1]}


def tiles(figures: list[dict[str, Any]], latency: Counter[int]) -> list[tuple[str, str]]:
    """The totals over all days: name and value."""
    total = {key: sum(_outcome(day, key) for day in figures) for key, _ in _outcomes()}
    accepted = estimates.wilson(total["accepted"], total["accepted"] + total["refused"])
    return [
        (_("submissions"), number(f"{sum(total.values()):,}")),
        (_("accepted"), number(f"{accepted.share:.1%}") if accepted else "–"),
        (_("failed"), number(f"{total['failed']:,}")),
        (_("half answered within"), charts.milliseconds(estimates.percentile(latency, 0.5))),
        (_("95% answered within"), charts.milliseconds(estimates.percentile(latency, 0.95))),
    ]


def refusals(figures: list[dict[str, Any]]) -> list[tuple[str, int, str]]:
    """Why readings were refused, most frequent first: reason, count, share of all refusals as a bar's width."""
    counts: Counter[str] = Counter()
    for day in figures:
        counts.update(day.get("outcomes", {}))
    reasons = [(key, n) for key, n in counts.most_common() if key not in ("accepted", "failed", "queued")]
    total = sum(n for _, n in reasons)
    return [(str(words.REASONS.get(key, key)), n, f"{100 * n / total:.1f}") for key, n in reasons]
