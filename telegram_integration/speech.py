"""Speaking in the reader's language, with the reader's figures."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.utils import translation

from telegram_integration.languages import Language

P = ParamSpec("P")

PERSIAN_FIGURES = str.maketrans("0123456789%", "۰۱۲۳۴۵۶۷۸۹٪")


def figures(language: str, text: str) -> str:
    """The text with its figures as the language writes them."""
    return text.translate(PERSIAN_FIGURES) if language == Language.PERSIAN else text


def spoken(say: Callable[P, str]) -> Callable[Concatenate[str, P], str]:
    """Give a text its first argument: the language in which it is said."""

    @wraps(say)
    def in_language(language: str, /, *args: P.args, **kwargs: P.kwargs) -> str:
        with translation.override(language):
            return figures(language, say(*args, **kwargs))

    return in_language
