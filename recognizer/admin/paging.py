"""A list of a million rows: count no further than anybody pages, fetch no more than is shown."""

from functools import cached_property
from typing import Any

from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest

from recognizer.models import Prediction


class CappedPaginator(Paginator):
    """Counts up to MAX_COUNT rows: the count of all of them would cost more than the page itself."""

    MAX_COUNT = 1000

    @cached_property
    def _counted(self) -> int:
        assert isinstance(self.object_list, QuerySet)
        return self.object_list[: self.MAX_COUNT + 1].count()

    @cached_property
    def count(self) -> int:
        """How many rows can be paged through."""
        return min(self._counted, self.MAX_COUNT)

    @property
    def capped(self) -> bool:
        """Whether there are more."""
        return self._counted > self.MAX_COUNT


class SubmissionList(ChangeList):
    """The rows of one page, each with its live reading but without its pictures."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        live = Prediction.objects.filter(live=True).defer("digits")
        rows = super().get_queryset(request, exclude_parameters)
        return rows.defer("image").prefetch_related(Prefetch("predictions", queryset=live))
