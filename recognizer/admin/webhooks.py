"""Webhooks: made here, their secret shown once; and what became of each delivery."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from recognizer.admin.owned import OwnedAdmin, WordsField
from recognizer.admin.versions import ReadOnly
from recognizer.outbox import DeliveryStatus, WebhookDelivery, announce_test
from recognizer.webhooks import SUBSCRIBABLE, WebhookEndpoint


class EndpointForm(forms.ModelForm):
    """The events as boxes to tick."""

    events = WordsField(
        label=capfirst(_("events")),
        choices=[(event.value, event.label) for event in SUBSCRIBABLE],
        initial=SUBSCRIBABLE,
    )

    class Meta:
        model = WebhookEndpoint
        fields = ["name", "owner", "url", "events", "enabled"]


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(OwnedAdmin):
    """Who is told, and how many deliveries wait."""

    form = EndpointForm
    list_display = ["name", "url", "owner", "enabled", "delivered", "waiting", "given_up", "sealed_at"]
    list_filter = ["enabled", ("owner", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["name", "url", "owner__username"]
    readonly_fields = ["created_at", "sealed_at"]
    actions = ["send_test", "make_secret"]
    secret_message = _("This is the secret of the webhook. Copy it now, it cannot be shown again: %(secret)s")

    def get_queryset(self, request: HttpRequest) -> QuerySet[WebhookEndpoint]:
        """With the numbers of their deliveries."""
        counts = {
            f"{status.value}_count": Count("deliveries", filter=Q(deliveries__status=status))
            for status in DeliveryStatus
        }
        rows: QuerySet[WebhookEndpoint] = super().get_queryset(request).annotate(**counts)
        return rows

    @admin.display(description=_("delivered"))
    def delivered(self, obj: Any) -> int:
        return int(obj.delivered_count)

    @admin.display(description=_("waiting"))
    def waiting(self, obj: Any) -> int:
        return int(obj.pending_count)

    @admin.display(description=_("given up"))
    def given_up(self, obj: Any) -> int:
        return int(obj.given_up_count)

    @admin.action(description=_("Send a test event"), permissions=["change"])
    def send_test(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        """What came of it, the deliveries show."""
        for endpoint in queryset:
            announce_test(endpoint)
        self.message_user(request, _("On its way: see the webhook deliveries."), messages.SUCCESS)

    @admin.action(
        description=_("Make a new secret (the old one is used beside it for 24 hours)"), permissions=["change"]
    )
    def make_secret(self, request: HttpRequest, queryset: QuerySet[WebhookEndpoint]) -> None:
        """One at a time: whoever sees several secrets mixes them up."""
        if len(queryset) != 1:
            self.message_user(request, _("Choose one webhook."), messages.ERROR)
            return
        self.renew_secret(request, queryset[0])


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnly, admin.ModelAdmin):
    """What was told to whom, how often it was tried, and what went wrong."""

    list_display = ["created_at", "endpoint", "event", "status", "attempts", "response_status", "problem", "due"]
    list_filter = ["status", ("endpoint", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["endpoint"]
    fields = (
        *("id", "endpoint", "submission", "event", "status", "attempts"),
        *("response_status", "problem", "created_at", "due", "finished_at"),
    )
    readonly_fields = fields
    actions = ["deliver_again"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[WebhookDelivery]:
        """Those of one's own webhooks; all of them for superusers."""
        rows = super().get_queryset(request)
        return rows if request.user.is_superuser else rows.filter(endpoint__owner_id=request.user.pk)

    def has_repeat_permission(self, request: HttpRequest) -> bool:
        """Who may change webhooks may have them repeated."""
        return request.user.has_perm("recognizer.change_webhookendpoint")

    @admin.display(description=_("due"), ordering="due_at")
    def due(self, obj: WebhookDelivery) -> Any:
        return obj.due_at if obj.status == DeliveryStatus.PENDING else None

    @admin.action(description=_("Deliver again, now"), permissions=["repeat"])
    def deliver_again(self, request: HttpRequest, queryset: QuerySet[WebhookDelivery]) -> None:
        """With all its attempts again, under the same id."""
        queryset.update(status=DeliveryStatus.PENDING, attempts=0, due_at=timezone.now(), finished_at=None)
        self.message_user(request, _("On its way."), messages.SUCCESS)
