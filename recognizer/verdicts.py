"""What the gate found, in the reader's language: a comparison is stored as figures and as an English sentence."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recognizer.versions import ModelVersion, Source

SETS: dict[str, Promise] = {
    "mnist": gettext_lazy("MNIST"),
    "drawn": gettext_lazy("drawn pictures"),
    "photographed": gettext_lazy("photographed pictures"),
    "reviewed and learned": gettext_lazy("reviewed and learned"),
    "scribbles": gettext_lazy("scribbles"),
    "reviewed and held out": gettext_lazy("reviewed and held out"),
}
MEASURES: dict[str, Promise] = {
    "right": gettext_lazy("right"),
    "right and accepted": gettext_lazy("right and accepted"),
    "non-digits refused": gettext_lazy("non-digits refused"),
}


def name(figure: str) -> str:
    """The figure's name as `ml.gate.measure` says it ("mnist, right"), for people."""
    examples, _comma, measure = figure.rpartition(", ")
    return _("%(examples)s: %(measure)s") % {
        "examples": SETS.get(examples, examples),
        "measure": MEASURES.get(measure, measure),
    }


def sentence(gate: dict[str, Any]) -> str:
    """Whether a version passed, and in which figures it is worse."""
    worse = [one for one in gate["figures"] if one["worse"]]
    if not worse:
        return _("Worse in none of %(count)s figures.") % {"count": len(gate["figures"])}
    named = "; ".join(_figure(one) for one in worse)
    return _("Worse than the live version in %(figures)s.") % {"figures": named}


def objection(version: ModelVersion, live: ModelVersion | None) -> str:
    """Why this version should not take the place of the live one; empty when it may. What is shipped may."""
    if version.source == Source.SHIPPED:
        return ""
    if version.gate is None or live is None or version.gate["live"] != live.version:
        command = f"`manage.py models compare {version}`"
        return _("It was not compared with %(live)s: %(command)s does that.") % {"live": live, "command": command}
    return "" if version.gate["passed"] else sentence(version.gate)


def _figure(one: dict[str, Any]) -> str:
    shares = {"candidate": one["candidate"]["share"], "live": one["live"]["share"], "low": one["live"]["low"]}
    said = {key: f"{share:.2%}" for key, share in shares.items()}
    return _("%(name)s %(candidate)s (live %(live)s, at least %(low)s, of %(of)s)") % {
        "name": name(one["name"]),
        "of": one["live"]["of"],
        **said,
    }
