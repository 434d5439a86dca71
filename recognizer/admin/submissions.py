"""Every submission with its picture, what was read in it, and a reviewer's label."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from recognizer import privacy, review, services, wording
from recognizer.admin import pictures, search, words
from recognizer.admin.dashboard import dashboard
from recognizer.admin.desk import ReviewDesk
from recognizer.admin.filters import OutcomeFilter, ReviewedFilter
from recognizer.admin.labels import LabelForm
from recognizer.admin.paging import CappedPaginator, SubmissionList
from recognizer.models import Status, Submission

EMPTY = "–"
SENT = ["channel", "client", "status", "error_code", "digits_hint", "attempts", "created_at", "finished_at", "id"]


@admin.register(Submission)
class SubmissionAdmin(admin.ModelAdmin):
    """The list of submissions and one submission's page, where its label is set."""

    form = LabelForm
    list_display = ["thumbnail", "read", "confidence", "outcome", "truth", "channel", "received"]
    list_display_links = ["thumbnail", "read"]
    list_filter = ["channel", "status", OutcomeFilter, ReviewedFilter, "created_at"]
    sortable_by = ["received"]
    search_fields = ["id"]
    search_help_text = _("A number that was read or labelled, a client, or a submission's id.")
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = CappedPaginator
    actions = ["accept_readings", "mark_no_digit", "clear_labels"]

    class Media:
        css = {"all": ["recognizer/admin/submissions.css"]}

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[SubmissionList]:
        return SubmissionList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Submission]:
        return super().get_queryset(request).defer("image")

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *args: Any, **more: Any
    ) -> HttpResponse | None:
        """“Select all” means those that the list counts, and no more, however many there are."""
        if request.POST.get("select_across") == "1":
            ids = queryset.values_list("id", flat=True)[: CappedPaginator.MAX_COUNT]
            queryset = queryset.filter(id__in=list(ids))
        return super().response_action(request, queryset, *args, **more)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return search.narrow(queryset, search_term), False

    def get_fieldsets(self, request: HttpRequest, obj: Submission | None = None) -> Any:
        """Who may not set the label reads it as text."""
        settable = self.has_change_permission(request, obj)
        label = [("label", "no_digit")] if settable else ["truth"]
        return [
            (_("Label"), {"fields": [*label, ("reviewer", "labelled_at")]}),
            (_("Sent"), {"fields": SENT, "classes": ["collapse"]}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Submission | None = None) -> list[str]:
        """Only the label is a reviewer's to set."""
        return ["truth", "reviewer", "labelled_at", *SENT]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Submissions come through their channels only."""
        return False

    def save_model(self, request: HttpRequest, obj: Submission, form: Any, change: bool) -> None:
        """The only thing to save is the label, with who set it and when."""
        if {"label", "no_digit"} & set(form.changed_data):
            assert isinstance(request.user, User)
            services.set_label(submission=obj, label=obj.label, reviewer=request.user)

    def delete_model(self, request: HttpRequest, obj: Submission) -> None:
        privacy.erase(submission_ids=[obj.id])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Submission]) -> None:
        privacy.erase(submission_ids=list(queryset.values_list("id", flat=True)))

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<uuid:submission_id>/picture/", wrap(self.picture_view), name="recognizer_submission_picture"),
            path("<uuid:submission_id>/thumbnail/", wrap(self.thumbnail_view), name="recognizer_submission_thumbnail"),
            path("dashboard/", wrap(self.dashboard_view), name="recognizer_submission_dashboard"),
            *ReviewDesk(self.admin_site).urls(),
            *super().get_urls(),
        ]

    def dashboard_view(self, request: HttpRequest) -> HttpResponse:
        """What came in, how fast and how right it was answered."""
        return dashboard(request, self.admin_site.each_context(request))

    def picture_view(self, request: HttpRequest, submission_id: UUID) -> HttpResponse:
        """The stored picture, for those who may see submissions."""
        return pictures.full(self._with_picture(request, submission_id))

    def thumbnail_view(self, request: HttpRequest, submission_id: UUID) -> HttpResponse:
        """The stored picture, small; 404 where nothing could be decoded."""
        try:
            return pictures.thumbnail(self._with_picture(request, submission_id))
        except OSError as error:
            raise Http404 from error

    def _with_picture(self, request: HttpRequest, submission_id: UUID) -> Submission:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(Submission.objects.only("image", "image_format"), id=submission_id)

    @admin.action(description=_("Accept what was read as label"), permissions=["change"])
    def accept_readings(self, request: HttpRequest, queryset: QuerySet[Submission]) -> None:
        """A reading without digits becomes “no digit”."""
        self._label_all(request, queryset, review.READING)

    @admin.action(description=_("Label as “no digit”"), permissions=["change"])
    def mark_no_digit(self, request: HttpRequest, queryset: QuerySet[Submission]) -> None:
        """Set the label of all to “no digit”."""
        self._label_all(request, queryset, "")

    @admin.action(description=_("Take the labels back"), permissions=["change"])
    def clear_labels(self, request: HttpRequest, queryset: QuerySet[Submission]) -> None:
        """Make all of them unreviewed again."""
        self._label_all(request, queryset, None)

    def _label_all(self, request: HttpRequest, queryset: QuerySet[Submission], label: review.Label) -> None:
        assert isinstance(request.user, User)
        ids = list(queryset.order_by().values_list("id", flat=True))
        changed = review.label_all(submission_ids=ids, label=label, reviewer=request.user)
        done = ngettext("%(count)d label changed.", "%(count)d labels changed.", changed) % {"count": changed}
        self.message_user(request, done, messages.SUCCESS)

    @admin.display(description=_("picture"))
    def thumbnail(self, obj: Submission) -> SafeString:
        if obj.status != Status.DONE:
            return format_html('<span class="no-picture" aria-hidden="true">{}</span>', EMPTY)
        url = reverse("admin:recognizer_submission_thumbnail", args=[obj.id])
        alt = _("Picture of submission %(id)s") % {"id": obj.id}
        return format_html('<img class="thumbnail" src="{}" alt="{}" loading="lazy">', url, alt)

    @admin.display(description=_("received"), ordering="created_at")
    def received(self, obj: Submission) -> str:
        return formats.date_format(timezone.localtime(obj.created_at), "SHORT_DATETIME_FORMAT")

    @admin.display(description=_("read"))
    def read(self, obj: Submission) -> SafeString:
        text = obj.prediction.text if obj.prediction else ""
        return format_html('<span class="figures">{}</span>', text or EMPTY)

    @admin.display(description=_("confidence"))
    def confidence(self, obj: Submission) -> str:
        return wording.percent(obj.prediction.confidence) if obj.prediction else EMPTY

    @admin.display(description=_("outcome"))
    def outcome(self, obj: Submission) -> SafeString:
        return format_html('<span class="outcome outcome-{}">{}</span>', *words.outcome(obj))

    @admin.display(description=_("labelled by"))
    def reviewer(self, obj: Submission) -> str:
        return str(obj.labelled_by or EMPTY)

    @admin.display(description=_("label"))
    def truth(self, obj: Submission) -> SafeString:
        return format_html('<span class="truth-{}">{}</span>', words.verdict(obj), words.shown(obj.label))
