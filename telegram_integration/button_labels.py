"""What is written on buttons."""

from django.utils.translation import pgettext

from telegram_integration.speech import spoken


@spoken
def right() -> str:
    return "✅ " + pgettext("button", "Right")


@spoken
def wrong() -> str:
    return "❌ " + pgettext("button", "Wrong")


@spoken
def tell() -> str:
    return "✍️ " + pgettext("button", "Tell me what it is")


@spoken
def no_digit() -> str:
    return "🚫 " + pgettext("button", "No digit")


@spoken
def type() -> str:
    return "⌨️ " + pgettext("button", "Type the number")


@spoken
def back() -> str:
    return "↩️ " + pgettext("button", "Back")


@spoken
def noted() -> str:
    return "✅ " + pgettext("button", "Noted, thank you · change")


@spoken
def erase() -> str:
    return "🗑 " + pgettext("button", "Erase everything of mine")


@spoken
def keep() -> str:
    return pgettext("button", "Keep it")
