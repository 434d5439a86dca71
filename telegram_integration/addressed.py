"""Whether a message is meant for the bot."""

from telegram import Message
from telegram.constants import ChatType, MessageEntityType
from telegram.ext.filters import MessageFilter


class Addressed(MessageFilter):
    """Everything in a private chat; in a group a command, a mention of the bot, or a reply to it."""

    def filter(self, message: Message) -> bool:
        """Called by python-telegram-bot for each message."""
        return (
            message.chat.type == ChatType.PRIVATE
            or _is_command(message)
            or mentions_bot(message)
            or _replies_to_bot(message)
        )


def mentions_bot(message: Message) -> bool:
    """Whether the text or caption holds the bot's @name."""
    name = f"@{message.get_bot().username}".lower()
    mentions = {
        **message.parse_entities([MessageEntityType.MENTION]),
        **message.parse_caption_entities([MessageEntityType.MENTION]),
    }
    return any(mention.lower() == name for mention in mentions.values())


def _is_command(message: Message) -> bool:
    first = message.entities[0] if message.entities else None
    return first is not None and first.type == MessageEntityType.BOT_COMMAND and first.offset == 0


def _replies_to_bot(message: Message) -> bool:
    replied = message.reply_to_message
    return bool(replied and replied.from_user and replied.from_user.id == message.get_bot().id)


ADDRESSED = Addressed()
