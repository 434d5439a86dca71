"""Messages: pictures are taken in, everything else is answered with a word about pictures."""

from telegram import Message, Update, User

from telegram_integration import feedback, replies, requests
from telegram_integration.addressed import ADDRESSED, mentions_bot
from telegram_integration.context import Context, message_and_user, person_of


async def read_message(update: Update, context: Context) -> None:
    """Any message that is not a command."""
    message, user = message_and_user(update)
    sent = requests.picture_in(message)
    if sent is not None:
        if ADDRESSED.filter(message) or await requests.is_known_album(message.chat_id, sent.album):
            await _take_in(user, context, message, sent)
    elif mentions_bot(message) and message.reply_to_message:
        await read_replied_picture(update, context)
    elif ADDRESSED.filter(message):
        await _read_text(update, message)


async def read_replied_picture(update: Update, context: Context) -> None:
    """/read, or a mention, as a reply to a picture."""
    message, user = message_and_user(update)
    sent = requests.picture_in(message.reply_to_message) if message.reply_to_message else None
    if sent is None:
        person = await person_of(update)
        await message.reply_text(replies.reply_to_a_picture(person.language))
    else:
        await _take_in(user, context, message, sent._replace(album=""))


async def _take_in(user: User, context: Context, message: Message, sent: requests.SentPicture) -> None:
    """From here on the picture is answered, whatever happens to this process."""
    request_id = await requests.open_request(user, message, sent)
    if request_id is not None:
        context.read_requests.start(request_id)


async def _read_text(update: Update, message: Message) -> None:
    """The number that was asked for; everything else gets a word about what is read here."""
    person = await person_of(update)
    if person.correcting_id is not None and message.text:
        await feedback.take_typed_number(message, person)
    else:
        await message.reply_text(replies.only_pictures(person.language))
