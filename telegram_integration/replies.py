"""What the bot says about pictures, limits and corrections. Pure: no Telegram, no database."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from telegram_integration.results import Result
from telegram_integration.speech import spoken


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
def thanks() -> str:
    return _("Thank you!")


@spoken
def not_yours() -> str:
    return _("Only whoever asked me about this picture can correct it.")


@spoken
def no_longer_stored() -> str:
    return _("This picture is no longer stored.")


@spoken
def type_the_number() -> str:
    return _("Please send me the number in the picture, digits only.")


@spoken
def not_a_number() -> str:
    return _("That is not a number, so I left it at that. Tap the button again whenever you like.")


@spoken
def number_noted(number: str) -> str:
    return _("Thank you, I have noted <b>{number}</b>.").format(number=number)
