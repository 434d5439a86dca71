"""The review desk, inside Django's admin: submissions, the review queue and the dashboard."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from recognizer.admin.submissions import SubmissionAdmin
from recognizer.admin.tokens import ApiTokenAdmin
from recognizer.admin.versions import ModelVersionAdmin

__all__ = ["ApiTokenAdmin", "ModelVersionAdmin", "SubmissionAdmin"]

admin.site.site_header = _("Digits: review desk")
admin.site.site_title = _("Digits")
admin.site.index_title = _("Review desk")
admin.site.index_template = "admin/recognizer/index.html"
