"""What the page says: sentences for refusals and problems, figures and percentages in the reader's own script."""

from math import floor

from django.utils.translation import get_language
from django.utils.translation import gettext as _

PERSIAN_FIGURES = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
# A visitor may type a label in Persian or Arabic figures.
ASCII_FIGURES = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "0123456789" * 2)
PERSIAN_SIGNS = PERSIAN_FIGURES | str.maketrans(",.%", "٬٫٪")
WORTH_SAYING = 0.01


def figures(text: str) -> str:
    """The text with its digits as the active language writes them."""
    return text.translate(PERSIAN_FIGURES) if get_language() == "fa" else text


def number(text: str) -> str:
    """A quantity with its digits, separators and per cent sign as the active language writes them."""
    return text.translate(PERSIAN_SIGNS) if get_language() == "fa" else text


def percent(share: float) -> str:
    """A share in [0, 1] as whole per cent, rounded down: 99.9 % must not look certain."""
    return number(f"{floor(share * 100)}%")


def refusals() -> dict[str, str]:
    """Why a reading was refused and what to do about it, by reason."""
    return {
        "blank": _("There is nothing to read. Write a digit from 0 to 9."),
        "too_faint": _("Too faint to read. Use a thicker pen, or more light for a photo."),
        "not_a_digit": _("These are no digits I know. Write 0 to 9, side by side."),
        "ambiguous": _("It could be one digit or another. Write it larger and clearer."),
        "too_many": _("Too many marks. Write fewer digits, or crop to the number."),
    }


def problems() -> dict[str, str]:
    """What went wrong and what to do about it, by the code of the problem."""
    return {
        "unsupported_format": _("This file cannot be read. Send a still PNG, JPEG or WebP."),
        "image_too_large": _("This picture is too large. Crop it to the number."),
        "unreadable_image": _("This picture is damaged, cut short or too small. Try another."),
        "missing_image": _("No picture was chosen. Choose one first."),
        "throttled": _("That was a little fast. Wait a moment and try again."),
        "model_failed": _("The reader failed at this one; it is not your hand. Try again later."),
        "gave_up": _("Reading this failed several times. Try another picture."),
        "unavailable": _("The reader is away. Nothing is lost: try again in a moment."),
        "offline": _("No connection. Your sheet stays; try again when online."),
        "unknown": _("Something went wrong. Your sheet is safe: try again."),
    }


def sureness(confidence: float, *, accepted: bool) -> str:
    """How sure the reader is of an answer, or of its best guess."""
    if accepted:
        return _("{percent} sure").format(percent=percent(confidence))
    if confidence < WORTH_SAYING:
        return _("No more than a guess")
    return _("Best guess, {percent} sure").format(percent=percent(confidence))


def thanks(label: str) -> str:
    """The reply to feedback."""
    return (
        _("Thank you. Noted as {label}.").format(label=figures(label)) if label else _("Thank you. Noted as no digit.")
    )


def strings() -> dict[str, object]:
    """Everything the page's scripts say, in the active language."""
    return {
        "refusals": refusals(),
        "problems": problems(),
        "invitation": _("Write on the sheet, and the number appears here."),
        "reading": _("Reading…"),
        "sure": _("{percent} sure"),
        "guess": _("Best guess, {percent} sure"),
        "wildGuess": _("No more than a guess"),
        "read": _("Read {text}, {percent} sure."),
        "refused": _("Not sure. {advice}"),
        "digit": _("{digit}, {percent} sure, place {place}"),
        "queued": _("All readers are busy. You are in the queue; just wait."),
        "retry": _("A little fast: reading again in {seconds} s."),
        "pointing": _("Point at a digit to see how sure it is."),
        "single": _("Next guess: {digit}, {percent}."),
        "clear": _("No other digit comes close."),
        "whyLegend": _("Green ink spoke for it, red against"),
        "whyFailed": _("No answer; try again"),
        "touching": _("Some digits touch. If one is wrong, leave more space."),
        "cleared": _("The sheet is empty."),
        "undone": _("Undone."),
        "redone": _("Done again."),
        "picture": _("Picture {name} on the sheet."),
        "notPicture": _("That is no picture. Send a PNG, JPEG or WebP."),
        "thanks": _("Thank you. Noted as {label}."),
        "thanksNone": _("Thank you. Noted as no digit."),
        "labelDigits": _("Type the digits only, such as 407."),
        "feedbackFailed": _("That could not be sent. Try again."),
        "historyItem": _("{text}, open this sheet again"),
        "historyGuess": _("{text}?"),
        "historyRefused": _("Not read, open this sheet again"),
        "penDown": _("Pen down."),
        "penUp": _("Pen up."),
    }
