"""A stand-in for Telegram's Bot API: a real HTTP server on loopback that answers as Telegram does."""

from tests.bot_api.faults import Fault
from tests.bot_api.people import Group, User
from tests.bot_api.server import BotApi

__all__ = ["BotApi", "Fault", "Group", "User"]
