"""What the list of submissions can be narrowed to."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from recognizer.models import Feedback, Prediction


class OutcomeFilter(admin.SimpleListFilter):
    """Accepted or refused."""

    title = _("outcome")
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("accepted", _("Accepted")), ("refused", _("Refused"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        readings = Prediction.objects.filter(submission=OuterRef("pk"), live=True)
        return queryset.filter(Exists(readings.filter(accepted=self.value() == "accepted")))


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


class FeedbackFilter(admin.SimpleListFilter):
    """Whether its sender said what it shows."""

    title = _("feedback")
    parameter_name = "feedback"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("With feedback"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        return queryset.filter(Exists(Feedback.objects.filter(submission=OuterRef("pk"))))
