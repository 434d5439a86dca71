"""API tokens: made here, shown once."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from recognizer.tokens import ApiToken, Scope, seal


class TokenForm(forms.ModelForm):
    """The scopes as boxes to tick."""

    scopes = forms.MultipleChoiceField(
        label=_("scopes"), choices=Scope.choices, initial=Scope.values, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = ApiToken
        fields = ["name", "owner", "scopes", "expires_at"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["scopes"] = self.instance.scopes.split()

    def clean_scopes(self) -> str:
        """As they are stored."""
        return " ".join(self.cleaned_data["scopes"])


@admin.register(ApiToken)
class ApiTokenAdmin(admin.ModelAdmin):
    """Deleting a token takes its right away at once. Who is no superuser has tokens in their own name only."""

    form = TokenForm
    list_display = ["name", "prefix", "owner", "scopes", "created_at", "last_used_at", "expires_at"]
    list_filter = ["owner"]
    search_fields = ["name", "prefix", "owner__username"]
    readonly_fields = ["prefix", "created_at", "last_used_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiToken]:
        """One's own; all of them for superusers."""
        tokens = super().get_queryset(request).select_related("owner")
        return tokens if request.user.is_superuser else tokens.filter(owner_id=request.user.pk)

    def get_exclude(self, request: HttpRequest, obj: ApiToken | None = None) -> list[str]:
        """The owner is for superusers to choose, when the token is made."""
        return [] if request.user.is_superuser and obj is None else ["owner"]

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        """A new token gets its secret, and whoever made it sees that now or never."""
        if change:
            super().save_model(request, obj, form, change)
            return
        if not request.user.is_superuser:
            assert isinstance(request.user, User)
            obj.owner = request.user
        secret = seal(obj)
        super().save_model(request, obj, form, change)
        shown = _("This is the token. Copy it now, it cannot be shown again: %(secret)s") % {"secret": secret}
        self.message_user(request, shown, messages.WARNING)
