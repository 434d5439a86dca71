"""What people own and have a secret for: made here, the secret shown once."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise


class WordsField(forms.MultipleChoiceField):
    """Boxes to tick; what is ticked is stored as one text, the words separated by spaces."""

    widget = forms.CheckboxSelectMultiple

    def prepare_value(self, value: Any) -> Any:
        return value.split() if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        return " ".join(super().clean(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class OwnedAdmin(admin.ModelAdmin):
    """Who is no superuser has such things in their own name only."""

    secret_message: Promise
    """What is said with a new secret, at `%(secret)s`."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """One's own; all of them for superusers."""
        rows = super().get_queryset(request).select_related("owner")
        return rows if request.user.is_superuser else rows.filter(owner_id=request.user.pk)

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """The owner is for superusers to choose, when it is made."""
        return [] if request.user.is_superuser and obj is None else ["owner"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Nothing is to be read before it is made."""
        return super().get_readonly_fields(request, obj) if obj else []

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A new one gets its secret, and whoever made it sees that now or never."""
        if change:
            super().save_model(request, obj, form, change)
            return
        if not request.user.is_superuser:
            assert isinstance(request.user, User)
            obj.owner = request.user
        self.renew_secret(request, obj)

    def renew_secret(self, request: HttpRequest, obj: Any) -> None:
        """Save it with a new secret, and show that."""
        secret = obj.seal()
        obj.save()
        self.message_user(request, self.secret_message % {"secret": secret}, messages.WARNING)
