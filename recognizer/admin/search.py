"""Finding submissions among a million: every question goes through an index."""

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from recognizer.models import Prediction
from recognizer.wording import ASCII_FIGURES

# Up to so many readings of a number are looked up one by one; a commoner number is soon met in the list itself.
RARE = 500


def narrow(queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
    """The submissions that the term means: an id, a client, or digits that were read or labelled."""
    term = term.strip().translate(ASCII_FIGURES)
    if not term:
        return queryset
    try:
        return queryset.filter(id=UUID(term))
    except ValueError:
        pass
    meant = Q(client=term) & ~Q(client="")
    if term.isdecimal():
        meant |= Q(label=term, label__isnull=False) | _read_as(term)
    return queryset.filter(meant)


def _read_as(text: str) -> Q:
    readings = Prediction.objects.filter(text=text, live=True)
    ids = list(readings.values_list("submission_id", flat=True)[: RARE + 1])
    if len(ids) <= RARE:
        return Q(id__in=ids)
    return Q(Exists(readings.filter(submission=OuterRef("pk"))))
