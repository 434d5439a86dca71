"""The slash commands."""

from telegram import Update

from telegram_integration import replies
from telegram_integration.context import Context, message_and_user, person_of


async def start(update: Update, context: Context) -> None:
    """/start"""
    person = await person_of(update)
    await message_and_user(update)[0].reply_text(replies.welcome(person.language))


async def show_help(update: Update, context: Context) -> None:
    """/help"""
    person = await person_of(update)
    await message_and_user(update)[0].reply_text(replies.help_text(person.language))
