"""What Telegram shows of the bot outside its messages: commands, descriptions, menu; in each language."""

import logging

from django.conf import settings
from telegram import Bot, BotCommand, BotCommandScope, BotCommandScopeChat, BotCommandScopeDefault, MenuButtonCommands
from telegram.error import TelegramError

from telegram_integration import command_replies
from telegram_integration.languages import Language

logger = logging.getLogger(__name__)

# The language of those whose own has no profile of its own, as Telegram names it.
EVERYBODY = ""
PROFILES = {EVERYBODY: Language.ENGLISH, Language.PERSIAN.value: Language.PERSIAN}


async def register_profile(bot: Bot) -> None:
    """Tell Telegram what has changed; what it refuses is logged, and keeps nobody from being answered."""
    try:
        for telegram_language, language in PROFILES.items():
            await _set_commands(bot, BotCommandScopeDefault(), telegram_language, language)
            await _set_descriptions(bot, telegram_language, language)
        await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
    except TelegramError as error:
        logger.warning("The bot's commands and descriptions could not be set: %s", error)
    for operator in settings.TELEGRAM_OPERATOR_IDS:
        await _set_operator_commands(bot, operator)


async def _set_operator_commands(bot: Bot, operator: int) -> None:
    scope = BotCommandScopeChat(operator)
    try:
        for telegram_language, language in PROFILES.items():
            await _set_commands(bot, scope, telegram_language, language, operator=True)
    except TelegramError as error:
        logger.info("No /stats in the menu of operator %d, who has to write to the bot first: %s", operator, error)


async def _set_commands(
    bot: Bot, scope: BotCommandScope, telegram_language: str, language: str, *, operator: bool = False
) -> None:
    menu = tuple(BotCommand(*line) for line in command_replies.command_menu(language, operator=operator))
    if await bot.get_my_commands(scope, telegram_language) != menu:
        await bot.set_my_commands(menu, scope, telegram_language)


async def _set_descriptions(bot: Bot, telegram_language: str, language: str) -> None:
    """Only what differs: Telegram allows few changes a day."""
    description = command_replies.description(language)
    if (await bot.get_my_description(telegram_language)).description != description:
        await bot.set_my_description(description, telegram_language)
    short = command_replies.short_description(language)
    if (await bot.get_my_short_description(telegram_language)).short_description != short:
        await bot.set_my_short_description(short, telegram_language)
