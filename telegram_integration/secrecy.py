"""Keeping the bot's token out of every log line.

Telegram's URLs hold the token, so HTTP libraries log it, and exceptions quote it. The one place that every
record of every logger passes, whatever its level and handler, is the factory that makes it.
"""

import logging
from collections.abc import Callable
from typing import Any

MASK = "[secret]"
Factory = Callable[..., logging.LogRecord]


def hide_in_logs(*secrets: str) -> None:
    """From now on replace these secrets in messages, arguments and tracebacks of all loggers.

    Of a token `id:secret` the part behind the colon is what is secret, however a URL spells the colon.
    """
    parts = sorted((secret.rpartition(":")[2] for secret in secrets if secret), key=len, reverse=True)
    if parts:
        logging.setLogRecordFactory(_masking(logging.getLogRecordFactory(), parts))


def _masking(make: Factory, secrets: list[str]) -> Factory:
    def make_masked(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make(*args, **kwargs)
        _mask(record, secrets)
        return record

    return make_masked


def _mask(record: logging.LogRecord, secrets: list[str]) -> None:
    try:
        message = record.getMessage()
    except (TypeError, ValueError):
        return  # arguments that do not fit their format: logging itself says so, where it always does
    if _without(message, secrets) != message:
        record.msg, record.args = _without(message, secrets), None
    if record.exc_info and record.exc_info[0] is not None:
        _mask_traceback(record, secrets)


def _mask_traceback(record: logging.LogRecord, secrets: list[str]) -> None:
    assert record.exc_info is not None
    traceback = logging.Formatter().formatException(record.exc_info)
    if _without(traceback, secrets) != traceback:
        # Formatters print exc_text where there is one; the exception itself must not reach a handler.
        record.exc_text, record.exc_info = _without(traceback, secrets), None


def _without(text: str, secrets: list[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, MASK)
    return text
