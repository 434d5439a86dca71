"""The Telegram bot."""

from django.apps import AppConfig


class TelegramIntegrationConfig(AppConfig):
    """Reads photos sent to a Telegram bot."""

    name = "telegram_integration"
    default_auto_field = "django.db.models.BigAutoField"
