"""What the bot says to commands. Pure: no Telegram, no database."""

from collections.abc import Sequence
from dataclasses import asdict

from django.utils import translation
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from telegram_integration.records import Past, Statistics
from telegram_integration.speech import spoken


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
def privacy(retention_days: int) -> str:
    """`retention_days` after which pictures that nobody reviewed are erased; 0 for never."""
    kept = _(
        "<b>What I keep</b>\n"
        "Your pictures without their hidden data (place, camera), what I read in them, your corrections, your "
        "Telegram ID and your language. Not your name, not your phone number.\n\n"
        "<b>Who sees it</b>\n"
        "It stays on the server of whoever runs this bot. They may look at pictures to teach me to read better.\n\n"
        "<b>How to get rid of it</b>\n"
        "/forgetme erases all of it at once."
    )
    if not retention_days:
        return kept
    expiry = ngettext(
        "Pictures that nobody has looked at go by themselves after {days} day.",
        "Pictures that nobody has looked at go by themselves after {days} days.",
        retention_days,
    )
    return f"{kept} {expiry.format(days=retention_days)}"


@spoken
def unknown_command() -> str:
    return _("I do not know this command. /help shows what I can do.")


@spoken
def choose_language() -> str:
    return _("Which language shall I speak with you?")


@spoken
def language_chosen() -> str:
    return _("From now on I speak English with you.")


@spoken
def only_in_private() -> str:
    return _("That is between you and me: please ask me in a private chat.")


@spoken
def history(requests: Sequence[Past]) -> str:
    if not requests:
        return _("You have not sent me any pictures yet.")
    title = _("<b>Your last pictures</b>")
    return "\n".join([title, *(_line(request) for request in requests)])


def _line(request: Past) -> str:
    numbers = [f"<b>{number}</b>" if number else _("nothing read") for number in request.numbers]
    return _("{numbers} – {time} ago").format(
        numbers=pgettext("between numbers", ", ").join(numbers), time=timesince(request.at, depth=1)
    )


@spoken
def confirm_erasure() -> str:
    return _(
        "Shall I erase all your pictures, what I read in them, your corrections and your settings? "
        "This cannot be undone."
    )


@spoken
def erased(pictures: int) -> str:
    return ngettext(
        "Done. I have erased {count} picture and everything else of yours.",
        "Done. I have erased {count} pictures and everything else of yours.",
        pictures,
    ).format(count=pictures)


@spoken
def kept() -> str:
    return _("All right, nothing was erased.")


@spoken
def statistics(figures: Statistics) -> str:
    return _(
        "People: {people}\n"
        "Pictures: {pictures}, of these in the last 24 hours: {pictures_today}\n"
        "Waiting for an answer: {waiting}\n"
        "Called right: {said_right}, called wrong: {said_wrong}"
    ).format(**asdict(figures))


@spoken
def description() -> str:
    """What Telegram shows in an empty chat with the bot; 512 characters at most."""
    return _("I read handwritten digits. Send me a photo of a number and I will tell you what it says.")


@spoken
def short_description() -> str:
    """What Telegram shows on the bot's profile; 120 characters at most."""
    return _("Send a photo of handwritten digits, get the number.")


def command_menu(language: str, *, operator: bool = False) -> list[tuple[str, str]]:
    """Each command with its line in Telegram's menu."""
    with translation.override(language):
        menu = [
            ("help", _("What I can do")),
            ("language", _("English or Persian")),
            ("history", _("Your last pictures")),
            ("read", _("Read the picture that you reply to")),
            ("privacy", _("What I keep")),
            ("forgetme", _("Erase everything of yours")),
        ]
        return [*menu, ("stats", _("Figures for the operator"))] if operator else menu
