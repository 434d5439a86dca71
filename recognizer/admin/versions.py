"""Model versions: which one answers, how each was measured, what was live when."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from recognizer import registry, verdicts
from recognizer.registry import RegistryError
from recognizer.versions import Deployment, ModelVersion, Role

FIGURE = '<tr><th scope="row">{}</th><td>{}</td><td>{}</td><td>{}</td></tr>'
EMPTY = "–"


class ReadOnly:
    """Nothing is added, changed or deleted by hand: the registry does that."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class DeploymentInline(ReadOnly, admin.TabularInline):
    """When this version was live or the shadow."""

    model = Deployment
    fields = ("role", "began_at", "ended_at", "action", "by", "reason")
    readonly_fields = fields
    extra = 0
    can_delete = False


@admin.register(ModelVersion)
class ModelVersionAdmin(ReadOnly, admin.ModelAdmin):
    """The list of versions, and what is to know of one."""

    list_display = ["version", "role", "source", "registered_at", "verdict"]
    fields = (
        *("version", "role", "source", "registered_at", "architecture", "preprocessing_version", "sha256"),
        *("data", "verdict", "figures"),
    )
    readonly_fields = fields
    inlines = [DeploymentInline]
    actions = ["promote", "read_along"]

    def has_choose_permission(self, request: HttpRequest) -> bool:
        """Who may change versions may choose among them."""
        return request.user.has_perm("recognizer.change_modelversion")

    @admin.display(description=_("role"))
    def role(self, obj: ModelVersion) -> str:
        roles = obj.deployments.filter(ended_at=None).values_list("role", flat=True)
        return ", ".join(str(Role(role).label) for role in roles) or EMPTY

    @admin.display(description=_("comparison with the live version"))
    def verdict(self, obj: ModelVersion) -> str:
        return verdicts.sentence(obj.gate) if obj.gate else EMPTY

    @admin.display(description=_("figures"))
    def figures(self, obj: ModelVersion) -> SafeString | str:
        """Its figures beside those of the version that was live."""
        if not obj.gate:
            return EMPTY
        rows = [_row(one) for one in obj.gate["figures"]]
        head = format_html(
            '<tr><td></td><th scope="col">{}</th><th scope="col">{}</th><th scope="col">{}</th></tr>',
            obj.version,
            obj.gate["live"],
            _("of"),
        )
        return format_html("<table>{}{}</table>", head, format_html_join("", FIGURE, rows))

    @admin.display(description=_("learned from (SHA-256)"))
    def data(self, obj: ModelVersion) -> SafeString:
        return format_html_join("", "<div>{}: <code>{}</code></div>", sorted(obj.card["data"].items()))

    @admin.action(description=_("Let it answer (promote)"), permissions=["choose"])
    def promote(self, request: HttpRequest, queryset: QuerySet[ModelVersion]) -> None:
        """Only what passed the gate; insisting takes the command line."""
        self._choose(request, queryset, registry.promote, _("Live now: %(version)s. Workers use it within seconds."))

    @admin.action(description=_("Let it read along (shadow)"), permissions=["choose"])
    def read_along(self, request: HttpRequest, queryset: QuerySet[ModelVersion]) -> None:
        """Instead of any other."""
        self._choose(request, queryset, registry.set_shadow, _("Reads along when workers are idle: %(version)s."))

    def _choose(
        self, request: HttpRequest, queryset: QuerySet[ModelVersion], act: Callable[..., Any], done: Any
    ) -> None:
        if len(queryset) != 1:
            self.message_user(request, _("Choose one version."), messages.ERROR)
            return
        try:
            act(queryset[0].version, by=request.user.get_username())
        except RegistryError as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, done % {"version": queryset[0]}, messages.SUCCESS)


def _row(one: dict[str, Any]) -> tuple[str, str, str, int]:
    candidate, live = one["candidate"], one["live"]
    return verdicts.name(one["name"]), f"{candidate['share']:.2%}", f"{live['share']:.2%}", live["of"]
