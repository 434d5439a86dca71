"""The Telegram bot."""

from django.apps import AppConfig
from django.conf import settings


class TelegramIntegrationConfig(AppConfig):
    """Reads photos sent to a Telegram bot."""

    name = "telegram_integration"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Whatever process this is: from here on none of its log lines can hold the bot's secrets."""
        from telegram_integration.secrecy import hide_in_logs

        hide_in_logs(settings.TELEGRAM_BOT_TOKEN, settings.TELEGRAM_WEBHOOK_SECRET)
        forget_with_the_others()


def forget_with_the_others() -> None:
    """Whom `manage.py erase --client` erases, the bot forgets, too."""
    from recognizer.privacy import client_forgotten
    from telegram_integration.erasure import forget_client

    client_forgotten.connect(forget_client, dispatch_uid="telegram_integration.forget_client")
