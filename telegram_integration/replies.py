"""Every text the bot says, in the reader's language and figures. Pure: no Telegram, no database."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Concatenate, ParamSpec

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from telegram_integration.languages import Language
from telegram_integration.results import Result

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


@spoken
def welcome() -> str:
    return _(
        "<b>Hello!</b> Send me a photo of handwritten digits, and I will tell you the number.\n\n"
        "Try it now: write a number on paper, photograph it, send it here.\n\n"
        "/help says what else I can do."
    )


@spoken
def help_text() -> str:
    return _(
        "<b>What I read</b>\n"
        "A photo, a picture sent as a file (PNG, JPEG or WebP), or a whole album: one digit or many.\n\n"
        "<b>What helps</b>\n"
        "A dark pen on light paper, good light, and the number filling the picture.\n\n"
        "<b>When I am wrong</b>\n"
        "Tap “Wrong” under my answer and tell me the number: that is how I get better.\n\n"
        "<b>In a group</b>\n"
        "Mention me with the picture, or reply to a picture with /read.\n\n"
        "<b>Commands</b>\n"
        "/language – English or Persian\n"
        "/history – your last pictures\n"
        "/privacy – what I keep\n"
        "/forgetme – erase everything of yours"
    )


@spoken
def answer(results: Sequence[Result]) -> str:
    """One line or two for a picture, a numbered list for an album."""
    if len(results) == 1:
        return _outcome(results[0])
    lines = [f"{place}. {_outcome(result)}" for place, result in enumerate(results, start=1)]
    return "\n".join(lines)


def _outcome(result: Result) -> str:
    if result.error:
        return _error(result.error)
    if result.accepted:
        return _number(result)
    advice = _refusal(result.reason)
    if not result.text or result.reason in ("blank", "too_faint"):
        return advice
    return advice + "\n" + _("My best guess: <b>{number}</b>").format(number=result.text)


def _number(result: Result) -> str:
    percent = f"{min(99, int(result.confidence * 100))}%"
    if result.certain:
        return _("<b>{number}</b> – {percent} sure").format(number=result.text, percent=percent)
    return _("Probably <b>{number}</b>, but I am only {percent} sure.").format(number=result.text, percent=percent)


def _refusal(reason: str) -> str:
    refusals = {
        "blank": _("I see no writing here. Please go closer and make sure the number is in the picture."),
        "too_faint": _("The writing is too faint for me. A darker pen or more light would help."),
        "not_a_digit": _("This does not look like digits to me. Please photograph only the number, from close by."),
        "ambiguous": _(
            "I cannot tell this one for certain. Please write it more clearly or photograph it from closer."
        ),
        "too_many": _("There is too much in this picture for me. Please go closer, so that only the number shows."),
    }
    return refusals.get(reason) or refusals["not_a_digit"]


def _error(code: str) -> str:
    errors = {
        "unsupported_format": _("I can read PNG, JPEG and WebP pictures only, and no moving ones."),
        "image_too_large": _("This picture is too large for me. Please send a smaller one, or send it as a photo."),
        "unreadable_image": _("This file is damaged or is not a picture. Please send it once more."),
        "file_too_big": _("Files over 20 MB do not reach me. Please send it as a photo, or make it smaller."),
        "file_gone": _("Telegram no longer has this picture. Please send it once more."),
    }
    return errors.get(code) or _("Something went wrong with this picture. I am sorry; please send it once more.")


@spoken
def late() -> str:
    return _("This takes longer than usual. I have your picture and will answer here as soon as it is read.")


@spoken
def only_pictures() -> str:
    return _("I read pictures of handwritten digits. Please send me a photo, or a picture as a file.")


@spoken
def reply_to_a_picture() -> str:
    return _("Please use /read as a reply to a message with a picture.")


@spoken
def slow_down(seconds: int) -> str:
    return ngettext(
        "That is a lot at once! Please give me {seconds} second, then send the rest.",
        "That is a lot at once! Please give me {seconds} seconds, then send the rest.",
        seconds,
    ).format(seconds=seconds)


@spoken
def busy(seconds: int) -> str:
    return ngettext(
        "Very many people are asking me just now. Please try again in {seconds} second.",
        "Very many people are asking me just now. Please try again in {seconds} seconds.",
        seconds,
    ).format(seconds=seconds)


@spoken
def right_button() -> str:
    return "✅ " + _("Right")


@spoken
def wrong_button() -> str:
    return "❌ " + _("Wrong")


@spoken
def tell_button() -> str:
    return "✍️ " + _("Tell me what it is")


@spoken
def no_digit_button() -> str:
    return "🚫 " + _("No digit")


@spoken
def type_button() -> str:
    return "⌨️ " + _("Type the number")


@spoken
def back_button() -> str:
    return "↩️ " + _("Back")


@spoken
def noted_button() -> str:
    return "✅ " + _("Noted, thank you · change")


@spoken
def erase_button() -> str:
    return "🗑 " + _("Erase everything of mine")


@spoken
def keep_button() -> str:
    return _("Keep it")
