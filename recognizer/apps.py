"""The app that stores, reads and reviews submissions."""

from django.apps import AppConfig


class RecognizerConfig(AppConfig):
    """Submissions, predictions and the ways to them."""

    name = "recognizer"
    verbose_name = "Handwritten digits"
    default_auto_field = "django.db.models.BigAutoField"
