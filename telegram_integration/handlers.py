"""Which update goes where: the first handler that fits takes it."""

from typing import Any

from telegram.ext import Application, CommandHandler, MessageHandler
from telegram.ext.filters import COMMAND, StatusUpdate

from telegram_integration import commands, reading
from telegram_integration.context import Context

BotApplication = Application[Any, Context, Any, Any, Any, Any]


def add_handlers(application: BotApplication) -> None:
    """Everything the bot reacts to."""
    application.add_handlers(
        [
            CommandHandler("start", commands.start),
            CommandHandler("help", commands.show_help),
            CommandHandler("read", reading.read_replied_picture),
            MessageHandler(~COMMAND & ~StatusUpdate.ALL, reading.read_message),
        ]
    )
