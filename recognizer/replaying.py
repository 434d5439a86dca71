"""A version and the past: what it reads in stored submissions, beside the answers that were given."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from recognizer import shadowing
from recognizer.estimates import Share, wilson
from recognizer.models import Prediction, Status, Submission
from recognizer.versions import ModelVersion

if TYPE_CHECKING:
    from ml.inference import Recognizer

CHUNK = 64


def stored(*, since: datetime | None = None, limit: int | None = None) -> list[UUID]:
    """Ids of what was answered, the newest first: since a moment, at most `limit`."""
    done = Submission.objects.filter(status=Status.DONE).order_by("-created_at")
    if since is not None:
        done = done.filter(created_at__gte=since)
    return list(done.values_list("id", flat=True)[:limit])


def replay(model: "Recognizer", ids: Sequence[UUID]) -> Iterator[int]:
    """Let the model read these; yields how many are done after each CHUNK."""
    for first in range(0, len(ids), CHUNK):
        shadowing.read_unseen(model, ids[first : first + CHUNK])
        yield min(first + CHUNK, len(ids))


def compare(version: ModelVersion, ids: Sequence[UUID]) -> dict[str, Share | None]:
    """How often the version and the given answers agree, and how often each is right where a reviewer said.

    Right is: accepted, with the label's digits; or refused, where the label is “no digit”.
    """
    counts: Counter[str] = Counter()
    for first in range(0, len(ids), CHUNK):
        counts.update(_count(version, ids[first : first + CHUNK]))
    return {
        "same answer as given": wilson(counts["same"], counts["both"]),
        f"right, {version}": wilson(counts["right"], counts["labelled"]),
        "right, answers given": wilson(counts["given_right"], counts["labelled"]),
    }


def _count(version: ModelVersion, ids: Sequence[UUID]) -> Counter[str]:
    counts: Counter[str] = Counter()
    readings = Prediction.objects.filter(submission__in=ids, model_sha256=version.sha256)
    fields = ("text", "accepted", "submission__answer", "submission__refusal", "submission__label")
    for text, accepted, answer, refusal, label in readings.values_list(*fields):
        said, given = (text, accepted), (answer, refusal == "")
        counts["both"] += 1
        counts["same"] += said == given
        if label is not None:
            counts["labelled"] += 1
            counts["right"] += is_right(label, *said)
            counts["given_right"] += is_right(label, *given)
    return counts


def is_right(label: str, text: str, accepted: bool) -> bool:
    """Whether a reading does justice to a label."""
    return (accepted and text == label) if label else not accepted
