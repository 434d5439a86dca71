"""Finding submissions among a million: every question goes through an index."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from recognizer.wording import ASCII_FIGURES


def narrow(queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
    """The submissions that the term means: an id, a client, or digits that were read or labelled."""
    term = term.strip().translate(ASCII_FIGURES)
    if not term:
        return queryset
    try:
        return queryset.filter(id=UUID(term))
    except ValueError:
        pass
    # The conditions of the partial indexes are repeated, or they would not be used.
    meant = Q(client=term) & ~Q(client="")
    if term.isdecimal():
        meant |= Q(label=term, label__isnull=False) | (Q(answer=term) & ~Q(answer=""))
    return queryset.filter(meant)
