"""API tokens: made here, shown once."""

from django import forms
from django.contrib import admin
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from recognizer.admin.owned import OwnedAdmin, WordsField
from recognizer.tokens import ApiToken, Scope


class TokenForm(forms.ModelForm):
    """The scopes as boxes to tick."""

    scopes = WordsField(label=capfirst(_("scopes")), choices=Scope.choices, initial=Scope.values)

    class Meta:
        model = ApiToken
        fields = ["name", "owner", "scopes", "expires_at"]


@admin.register(ApiToken)
class ApiTokenAdmin(OwnedAdmin):
    """Deleting a token takes its right away at once."""

    form = TokenForm
    list_display = ["name", "prefix", "owner", "scopes", "created_at", "last_used_at", "expires_at"]
    list_filter = ["owner"]
    search_fields = ["name", "prefix", "owner__username"]
    readonly_fields = ["prefix", "created_at", "last_used_at"]
    secret_message = _("This is the token. Copy it now, it cannot be shown again: %(secret)s")
