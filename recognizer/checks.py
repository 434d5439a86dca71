"""What `manage.py check` says about settings that fit each other badly."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register


@register(Tags.security)
def batch_fits_limits(**_: Any) -> list[CheckMessage]:
    """A batch that is larger than an allowance would be refused for ever."""
    return [
        Error(
            f"MAX_BATCH_PICTURES is {settings.MAX_BATCH_PICTURES}, but {name} allows {getattr(settings, name)[0]}.",
            hint="Such a batch would be refused for ever: lower the one or raise the other.",
            id="recognizer.E001",
        )
        for name in ("RATE_LIMIT_ANONYMOUS", "RATE_LIMIT_TOKEN")
        if settings.RATE_LIMIT_ENABLED and getattr(settings, name)[0] < settings.MAX_BATCH_PICTURES
    ]


@register(Tags.security, deploy=True)
def limits_are_on(**_: Any) -> list[CheckMessage]:
    """Without limits one caller can keep all workers busy."""
    if settings.RATE_LIMIT_ENABLED:
        return []
    return [Warning("RATE_LIMIT_ENABLED is 0.", hint="That is for benchmarks only.", id="recognizer.W001")]
