"""Which update goes where: in each group the first handler that fits takes it."""

from typing import Any

from django.conf import settings
from telegram.ext import Application, BaseHandler, CallbackQueryHandler, CommandHandler, MessageHandler
from telegram.ext.filters import ALL, COMMAND, ChatType, StatusUpdate, User

from telegram_integration import commands, feedback, limits, reading
from telegram_integration.addressed import ADDRESSED
from telegram_integration.context import Context

BotApplication = Application[Any, Context, Any, Any, Any, Any]
LIMITS, ANSWERS = 0, 1


def add_handlers(application: BotApplication) -> None:
    """Everything the bot reacts to."""
    if settings.RATE_LIMIT_ENABLED:
        application.add_handler(MessageHandler(ADDRESSED, limits.guard), LIMITS)
    application.add_handlers([*_command_handlers(), *_button_handlers(), *_message_handlers()], ANSWERS)


def _command_handlers() -> list[BaseHandler[Any, Context, Any]]:
    operators = User(settings.TELEGRAM_OPERATOR_IDS)
    return [
        CommandHandler("start", commands.start),
        CommandHandler("help", commands.show_help),
        CommandHandler("language", commands.offer_languages),
        CommandHandler("history", commands.show_history),
        CommandHandler("privacy", commands.show_privacy),
        CommandHandler("forgetme", commands.offer_erasure),
        CommandHandler("stats", commands.show_statistics, operators),
        CommandHandler("read", reading.read_replied_picture),
    ]


def _button_handlers() -> list[BaseHandler[Any, Context, Any]]:
    return [
        CallbackQueryHandler(feedback.press, feedback.PATTERN),
        CallbackQueryHandler(commands.choose_language, r"^language:(en|fa)$"),
        CallbackQueryHandler(commands.erase, r"^forget:(yes|no)$"),
    ]


def _message_handlers() -> list[BaseHandler[Any, Context, Any]]:
    return [
        MessageHandler(COMMAND & ChatType.PRIVATE, commands.show_unknown),
        MessageHandler(ALL & ~COMMAND & ~StatusUpdate.ALL, reading.read_message),
    ]
