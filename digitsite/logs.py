"""How every process logs: to standard error, each line with the id of the request that it belongs to."""

from typing import Any


def logging_settings(*, form: str, level: str, access: bool) -> dict[str, Any]:
    """Django's LOGGING.

    Args:
        form: line (for people) or json (one object a line).
        level: of what is logged at least.
        access: whether each request has a line.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "request_id": {"()": "recognizer.tracing.RequestIdFilter"},
            "defects": {"()": "recognizer.tracing.DefectsOnly"},
        },
        "formatters": {
            "line": {"format": "{asctime} {levelname} {name} [{request_id}]: {message}", "style": "{"},
            "json": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "format": "{asctime}{levelname}{name}{request_id}{message}",
                "style": "{",
                "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
            },
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": form, "filters": ["request_id"]}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # httpx and httpcore log every URL at INFO or DEBUG, and Telegram's URLs hold the bot's token.
            **{name: {"level": "WARNING"} for name in ("httpx", "httpcore", "PIL", "matplotlib")},
            # Every request has its line already.
            "django.request": {"level": "ERROR", "filters": ["defects"]},
            "digits.access": {"level": "INFO" if access else "WARNING"},
            # Two lines a task, of which ours says more.
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
        },
    }
