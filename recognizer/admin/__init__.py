"""The review desk, inside Django's admin: submissions, the review queue and the dashboard."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from recognizer.admin.submissions import SubmissionAdmin
from recognizer.admin.tokens import ApiTokenAdmin
from recognizer.admin.versions import ModelVersionAdmin
from recognizer.admin.webhooks import WebhookDeliveryAdmin, WebhookEndpointAdmin

__all__ = ["ApiTokenAdmin", "ModelVersionAdmin", "SubmissionAdmin", "WebhookDeliveryAdmin", "WebhookEndpointAdmin"]

admin.site.site_header = _("Digits: review desk")
admin.site.site_title = _("Digits")
admin.site.index_title = _("Review desk")
# The index leads everywhere, and lists need the width.
admin.site.enable_nav_sidebar = False
admin.site.index_template = "admin/recognizer/index.html"
