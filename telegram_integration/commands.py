"""The slash commands."""

from django.conf import settings
from telegram import Update
from telegram.constants import ChatType

from telegram_integration import command_replies, keyboards, people, records
from telegram_integration.context import Context, answer_press, message_and_user, person_of
from telegram_integration.languages import Language


async def start(update: Update, context: Context) -> None:
    """/start"""
    person = await person_of(update)
    await message_and_user(update)[0].reply_text(command_replies.welcome(person.language))


async def show_help(update: Update, context: Context) -> None:
    """/help"""
    person = await person_of(update)
    await message_and_user(update)[0].reply_text(command_replies.help_text(person.language))


async def show_privacy(update: Update, context: Context) -> None:
    """/privacy"""
    person = await person_of(update)
    text = command_replies.privacy(person.language, settings.RETENTION_DAYS)
    await message_and_user(update)[0].reply_text(text)


async def show_unknown(update: Update, context: Context) -> None:
    """A command that there is not."""
    person = await person_of(update)
    await message_and_user(update)[0].reply_text(command_replies.unknown_command(person.language))


async def offer_languages(update: Update, context: Context) -> None:
    """/language"""
    person = await person_of(update)
    message, _ = message_and_user(update)
    await message.reply_text(command_replies.choose_language(person.language), reply_markup=keyboards.languages())


async def choose_language(update: Update, context: Context) -> None:
    """One of the buttons that /language shows: for whoever presses it."""
    query = update.callback_query
    assert query is not None and context.matches
    person = await person_of(update)
    await people.choose_language(person, Language(context.matches[0].group(1)))
    await answer_press(query, command_replies.language_chosen(person.language))
    await context.bot.send_message(person.user_id, command_replies.language_chosen(person.language))


async def show_history(update: Update, context: Context) -> None:
    """/history, in private only: others need not see it."""
    person = await person_of(update)
    message, _ = message_and_user(update)
    if message.chat.type != ChatType.PRIVATE:
        await message.reply_text(command_replies.only_in_private(person.language))
    else:
        await message.reply_text(command_replies.history(person.language, await records.history(person)))


async def show_statistics(update: Update, context: Context) -> None:
    """/stats, which only operators have."""
    person = await person_of(update)
    message, _ = message_and_user(update)
    await message.reply_text(command_replies.statistics(person.language, await records.statistics()))


async def offer_erasure(update: Update, context: Context) -> None:
    """/forgetme, in private only: the confirmation is one person's."""
    person = await person_of(update)
    message, _ = message_and_user(update)
    if message.chat.type != ChatType.PRIVATE:
        await message.reply_text(command_replies.only_in_private(person.language))
    else:
        keyboard = keyboards.forget(person.language)
        await message.reply_text(command_replies.confirm_erasure(person.language), reply_markup=keyboard)


async def erase(update: Update, context: Context) -> None:
    """The answer to /forgetme's question."""
    query = update.callback_query
    assert query is not None and context.matches
    language = (await person_of(update)).language
    if context.matches[0].group(1) == "yes":
        pictures = await records.erase(query.from_user.id, current_update=update.update_id)
        text = command_replies.erased(language, pictures)
    else:
        text = command_replies.kept(language)
    await query.edit_message_text(text)
    await answer_press(query)
