"""Setting a label: digits, “no digit”, or nothing yet."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from recognizer.models import Submission
from recognizer.wording import ASCII_FIGURES


class FigureField(forms.CharField):
    """Digits in any of the scripts that reviewers type."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.translate(ASCII_FIGURES) if isinstance(value, str) else value)


class LabelForm(forms.ModelForm):
    """A label's three states in two fields: empty and not ticked is “not reviewed”."""

    no_digit = forms.BooleanField(label=_("Shows no digit"), required=False)

    class Meta:
        model = Submission
        fields = ["label"]
        field_classes = {"label": FigureField}
        labels = {"label": _("Digits it shows")}
        help_texts = {"label": _("In reading order. Leave it empty to take the label back.")}
        error_messages = {"label": {"invalid": _("A label holds digits only.")}}
        widgets = {"label": forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "dir": "ltr"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "no_digit" in self.fields:
            self.fields["no_digit"].initial = self.instance.label == ""

    def clean(self) -> dict[str, Any]:
        """`label` as the model stores it."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("no_digit"):
            if cleaned.get("label"):
                self.add_error("no_digit", _("Either digits or “no digit”, not both."))
            cleaned["label"] = ""
        return cleaned
