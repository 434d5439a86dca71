"""How right the model versions were, as far as reviewers know."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from recognizer import charts, summaries
from recognizer.estimates import Share, wilson
from recognizer.models import Prediction
from recognizer.wording import percent

# The square that the reliability diagram is drawn in.
SIDE, MARGIN = 260, 56


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One model version on the reviewed rows."""

    name: str
    live: bool
    chosen: bool
    accuracy: Share | None
    answered: Share | None
    refused: Share | None
    low: str = ""
    high: str = ""
    middle: str = ""


@dataclass(frozen=True, slots=True)
class Bin:
    """Readings of about the same confidence: how sure, how often right; and where that is drawn."""

    confidence: float
    right: Share
    x: str
    y: str
    low: str
    high: str


def by_version(chosen: str) -> dict[str, Any]:
    """Every version's accuracy; confusion and reliability of the chosen one, or else of the live one."""
    row = summaries.reviewed()
    versions: dict[str, dict[str, Any]] = row.figures["versions"]
    live = Prediction.objects.filter(live=True).order_by("-id").values_list("model_version", flat=True).first()
    shown = next((name for name in (chosen, live) if name in versions), next(iter(versions), ""))
    figures = versions.get(shown)
    return {
        "versions": [version_row(name, versions[name], name == live, name == shown) for name in sorted(versions)],
        "shown": shown,
        "counted_at": row.counted_at,
        "confusion": confusion(figures["confusion"]) if figures else [],
        "confusion_columns": [*map(str, range(10)), _("refused")],
        "bins": bins(figures["bins"]) if figures else [],
        "calibration_error": calibration_error(figures["bins"]) if figures else None,
        "square": {
            "side": SIDE,
            "margin": MARGIN,
            "size": SIDE + 2 * MARGIN,
            "end": SIDE + MARGIN,
            "label": MARGIN - 8,
            "foot": SIDE + MARGIN + 18,
        },
        "quarters": [
            (charts.at(MARGIN + SIDE * n / 4), charts.at(MARGIN + SIDE * (4 - n) / 4), percent(n / 4))
            for n in range(5)
        ],
    }


def version_row(name: str, figures: dict[str, Any], live: bool, chosen: bool) -> VersionRow:
    """A version's shares; the accuracy's interval on a line 0 to 100 long."""
    accuracy = wilson(figures["right"], figures["answered"])
    answered = wilson(figures["answered"], figures["digits"])
    refused = wilson(figures["refused"], figures["nothing"])
    if accuracy is None:
        return VersionRow(name, live, chosen, accuracy, answered, refused)
    places = (charts.at(100 * value) for value in (accuracy.low, accuracy.high, accuracy.share))
    return VersionRow(name, live, chosen, accuracy, answered, refused, *places)


def confusion(matrix: list[list[int]]) -> list[tuple[str, list[tuple[int, int, bool]]]]:
    """The matrix for the template: by row its name and, by column, count, heat and whether it is right."""
    names = [*map(str, range(10)), _("no digit")]
    return [
        (names[row], [(n, charts.heat(n, counts), row == column) for column, n in enumerate(counts)])
        for row, counts in enumerate(matrix)
    ]


def bins(counted: list[list[Any]]) -> list[Bin]:
    """The reliability diagram's points; bins without readings are left out."""
    drawn = []
    for n, confidence, right in counted:
        if share := wilson(right, n):
            mean = confidence / n
            y, low, high = (charts.at(MARGIN + SIDE * (1 - value)) for value in (share.share, share.low, share.high))
            drawn.append(Bin(mean, share, charts.at(MARGIN + SIDE * mean), y, low, high))
    return drawn


def calibration_error(counted: list[list[Any]]) -> float | None:
    """Expected calibration error (Naeini et al. 2015): the mean distance from sure to right; None of nothing."""
    total = sum(n for n, _, _ in counted)
    return sum(abs(confidence - right) for _, confidence, right in counted) / total if total else None
