"""The `Prefer` request header (RFC 7240): how long a caller is ready to wait."""

from dataclasses import dataclass

from django.conf import settings

RESPOND_ASYNC = "respond-async"


@dataclass(frozen=True, slots=True)
class Waiting:
    """How long to wait for an answer, in seconds, and what to say in `Preference-Applied` ("": nothing)."""

    seconds: float
    applied: str = ""


def preferences(header: str) -> dict[str, str]:
    """The preferences by lower-case name, "" where one has no value; the first of a name counts, as the RFC says."""
    found: dict[str, str] = {}
    for item in header.split(","):
        name, _, value = item.partition(";")[0].partition("=")
        if name.strip():
            found.setdefault(name.strip().lower(), value.strip().strip('"'))
    return found


def waiting(header: str) -> Waiting:
    """`wait=N` seconds, at most the deadline; without it none for `respond-async`, else the deadline."""
    preferred = preferences(header)
    deadline = float(settings.PREDICT_DEADLINE_SECONDS)
    wait = preferred.get("wait", "")
    if wait.isascii() and wait.isdigit():
        return Waiting(min(float(wait), deadline), f"wait={wait[:6]}")
    if RESPOND_ASYNC in preferred:
        return Waiting(0.0, RESPOND_ASYNC)
    return Waiting(deadline)
