"""How the review desk's templates write readings, labels and probabilities."""

from dataclasses import dataclass
from typing import Any

from django import template

from recognizer import charts, wording
from recognizer.admin import words

register = template.Library()

register.filter("percent", wording.percent)
register.filter("reason", words.reason)
register.filter("shown", words.shown)
register.filter("milliseconds", charts.milliseconds)


@register.filter
def counted(count: int) -> str:
    """How many, in the reader's figures; what was read or labelled stays as it is typed: 0 to 9."""
    return wording.number(f"{count:,}")


# In the units of the drawing: ten bars of width 8, one every 10, above a line of figures.
BAR_HEIGHT = 28.0


@register.filter
def tenths(share: float) -> str:
    """A share in [0, 1] as per cent with one decimal: the dashboard compares versions that differ little."""
    return wording.number(f"{share:.1%}")


@dataclass(frozen=True, slots=True)
class Bar:
    """One upright bar; lengths are strings because a translation must not write them with its own comma."""

    digit: int
    x: int
    middle: int
    y: str
    height: str
    best: bool


@register.filter
def bars(digit: dict[str, Any]) -> list[Bar]:
    """The ten probabilities of a stored digit as bars."""
    return [
        Bar(
            digit=index,
            x=index * 10 + 1,
            middle=index * 10 + 5,
            y=f"{BAR_HEIGHT * (1 - share):.2f}",
            height=f"{max(0.5, BAR_HEIGHT * share):.2f}",
            best=index == digit["digit"],
        )
        for index, share in enumerate(digit["probabilities"])
    ]


@register.filter
def probabilities(digit: dict[str, Any]) -> str:
    """The ten probabilities in words, for those who do not see the bars; the improbable left out."""
    shares = enumerate(digit["probabilities"])
    return ", ".join(f"{index}: {wording.percent(share)}" for index, share in shares if share >= 0.01)
