"""What the list of submissions can be narrowed to."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from recognizer.models import Status


class OutcomeFilter(admin.SimpleListFilter):
    """Accepted or refused."""

    title = _("outcome")
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("accepted", _("Accepted")), ("refused", _("Refused"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        if self.value() == "refused":
            return queryset.exclude(refusal="")
        return queryset.filter(status=Status.DONE, refusal="")


class ReviewedFilter(admin.SimpleListFilter):
    """With or without a reviewer's label."""

    title = _("reviewed")
    parameter_name = "reviewed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Yes")), ("no", _("No")), ("nothing", _("As “no digit”"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "nothing":
            return queryset.filter(label="")
        return queryset if self.value() is None else queryset.filter(label__isnull=self.value() == "no")
