"""The app that stores, reads and reviews submissions."""

import logging
from typing import Any

from django.apps import AppConfig, apps
from django.apps.registry import Apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

logger = logging.getLogger(__name__)


class RecognizerConfig(AppConfig):
    """Submissions, predictions and the ways to them."""

    name = "recognizer"
    verbose_name = _("Handwritten digits")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """After each migration there is a live model version; `manage.py check` looks at our settings, too."""
        from recognizer import checks  # noqa: F401

        post_migrate.connect(adopt_shipped_model, sender=self)


def adopt_shipped_model(*, apps: Apps = apps, **_kwargs: Any) -> None:
    """Register the shipped model; a damaged one is told of here, and stops the worker that should use it.

    `apps` knows the tables as they are now: all of them, or those before a later migration.
    """
    from recognizer import registry

    try:
        apps.get_model("recognizer", "Deployment")
    except LookupError:
        return  # Migrated back to before there were versions.
    try:
        registry.adopt_shipped()
    except registry.RegistryError as error:
        logger.warning("No model version is live. %s", error)
