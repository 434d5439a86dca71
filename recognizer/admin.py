"""The review desk: every submission with its picture, what was read in it, and a reviewer's label."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from recognizer import services
from recognizer.models import Prediction, Submission

EMPTY = "–"


class OutcomeFilter(admin.SimpleListFilter):
    """Accepted, refused or not read."""

    title = _("outcome")
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("accepted", _("Accepted")), ("refused", _("Refused"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        return queryset.filter(predictions__live=True, predictions__accepted=self.value() == "accepted")


class ReviewedFilter(admin.SimpleListFilter):
    """With or without a reviewer's label."""

    title = _("reviewed")
    parameter_name = "reviewed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        return queryset.filter(label__isnull=self.value() == "no")


@admin.register(Submission)
class SubmissionAdmin(admin.ModelAdmin):
    """The list of submissions and one submission's page, where its label is set."""

    list_display = ["thumbnail", "read", "confidence", "outcome", "label", "channel", "status", "created_at"]
    list_display_links = ["thumbnail", "read"]
    list_filter = ["channel", "status", OutcomeFilter, ReviewedFilter, "created_at"]
    search_fields = ["=id", "=label", "=predictions__text", "=client"]
    search_help_text = _("A submission's id, a label, a number that was read, or a client.")
    list_per_page = 50
    show_full_result_count = False
    fields = [
        "picture",
        "read",
        "probabilities",
        "label",
        "labelled_by",
        "labelled_at",
        "channel",
        "client",
        "status",
        "error_code",
        "attempts",
        "model",
        "created_at",
        "finished_at",
        "id",
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Submission | None = None) -> list[str]:
        """Only the label is a reviewer's to set."""
        return [name for name in self.fields if name != "label"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Submission]:
        return super().get_queryset(request).defer("image").prefetch_related("predictions")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Submissions come through their channels only."""
        return False

    def save_model(self, request: HttpRequest, obj: Submission, form: Any, change: bool) -> None:
        """The only thing to save is the label, with who set it and when."""
        if "label" in form.changed_data:
            assert isinstance(request.user, User)
            services.set_label(submission=obj, label=obj.label, reviewer=request.user)

    def get_urls(self) -> list[URLPattern]:
        picture = path(
            "<uuid:submission_id>/picture/",
            self.admin_site.admin_view(self.serve_picture),
            name="recognizer_submission_picture",
        )
        return [picture, *super().get_urls()]

    def serve_picture(self, request: HttpRequest, submission_id: str) -> HttpResponse:
        """The stored picture, for those who may see submissions."""
        submission = get_object_or_404(Submission.objects.only("image", "image_format"), id=submission_id)
        if not self.has_view_permission(request, submission):
            return HttpResponse(status=403)
        return HttpResponse(
            bytes(submission.image),
            content_type=f"image/{submission.image_format.lower()}",
            headers={
                "Cache-Control": "private, max-age=3600",
                "Content-Security-Policy": "default-src 'none'",
                "X-Content-Type-Options": "nosniff",
            },
        )

    @admin.display(description=_("picture"))
    def thumbnail(self, obj: Submission) -> SafeString:
        return self._image(obj, height=48)

    @admin.display(description=_("picture"))
    def picture(self, obj: Submission) -> SafeString:
        return self._image(obj, height=280)

    def _image(self, obj: Submission, *, height: int) -> SafeString:
        url = reverse("admin:recognizer_submission_picture", args=[obj.id])
        return format_html('<img src="{}" height="{}" alt="" loading="lazy">', url, height)

    @admin.display(description=_("read"))
    def read(self, obj: Submission) -> str:
        return obj.prediction.text or EMPTY if obj.prediction else EMPTY

    @admin.display(description=_("confidence"))
    def confidence(self, obj: Submission) -> str:
        return f"{obj.prediction.confidence:.1%}" if obj.prediction else EMPTY

    @admin.display(description=_("outcome"))
    def outcome(self, obj: Submission) -> str:
        if obj.prediction is None:
            return obj.error_code or EMPTY
        return obj.prediction.reason or str(_("accepted"))

    @admin.display(description=_("model"))
    def model(self, obj: Submission) -> str:
        prediction = obj.prediction
        return f"{prediction.model_version} ({prediction.model_sha256[:12]})" if prediction else EMPTY

    @admin.display(description=_("what the model saw"))
    def probabilities(self, obj: Submission) -> SafeString:
        if obj.prediction is None:
            return format_html("{}", EMPTY)
        return format_html_join(
            "",
            '<p><img src="data:image/png;base64,{}" width="56" height="56" alt=""> {}: {}</p>',
            ((digit["preview"], digit["digit"], f"{digit['confidence']:.1%}") for digit in obj.prediction.digits),
        )


@admin.register(Prediction)
class PredictionAdmin(admin.ModelAdmin):
    """What each model version read; nothing here is edited by hand."""

    list_display = ["text", "confidence", "accepted", "reason", "live", "model_version", "created_at"]
    list_filter = ["live", "accepted", "reason", "model_version"]
    show_full_result_count = False
    raw_id_fields = ["submission"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
