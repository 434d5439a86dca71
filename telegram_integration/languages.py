"""The bot's languages."""

from django.db import models


class Language(models.TextChoices):
    """Each named in itself, as a language menu shows it."""

    ENGLISH = "en", "English"
    PERSIAN = "fa", "فارسی"


def preferred(language_tag: str) -> Language:
    """The language nearest to an IETF tag such as Telegram sends ("fa-IR"); English for all others."""
    primary = language_tag.lower().partition("-")[0]
    return Language(primary) if primary in Language.values else Language.ENGLISH
