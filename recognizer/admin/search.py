"""Finding submissions among a million: every question goes through an index."""

from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from recognizer.admin.paging import CappedPaginator
from recognizer.wording import ASCII_FIGURES


def narrow(queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
    """The submissions that the term means: an id, a client, or digits that were read or labelled.

    Of a common number only the first are found, in the list's order: as many as anybody pages through.
    """
    term = term.strip().translate(ASCII_FIGURES)
    if not term:
        return queryset
    try:
        return queryset.filter(id=UUID(term))
    except ValueError:
        pass
    # The conditions of the partial indexes are repeated, or they would not be used.
    meanings = [Q(client=term) & ~Q(client="")]
    if term.isdecimal():
        meanings += [Q(label=term, label__isnull=False), Q(answer=term) & ~Q(answer="")]
    return queryset.filter(reduce(or_, meanings), _within_reach(queryset, meanings))


def _within_reach(queryset: QuerySet[Any], meanings: list[Q]) -> Q:
    """How far the first rows of the list can lie in time, by each meaning's own index.

    Without this the database would read and sort every row that one of the meanings fits.
    """
    most = CappedPaginator.MAX_COUNT + 1
    found = (queryset.filter(meaning).values_list("created_at", flat=True)[:most] for meaning in meanings)
    full = [moments for moments in map(list, found) if len(moments) == most]
    if not full:
        return Q()
    if full[0][0] >= full[0][-1]:
        return Q(created_at__gte=max(moments[-1] for moments in full))
    return Q(created_at__lte=min(moments[-1] for moments in full))
