"""The buttons under an answer, and the number that somebody types after them.

What can be done twice without harm comes first and a new message last: after a crash between the two, all of
it is done again.
"""

from contextlib import suppress

from telegram import CallbackQuery, ForceReply, Message, Update
from telegram.error import BadRequest

from telegram_integration import corrections, keyboards, replies
from telegram_integration.context import Context, answer_press, person_of
from telegram_integration.corrections import UnavailableError
from telegram_integration.models import Person
from telegram_integration.speech import figures

PATTERN = r"^(right|wrong|back|fix|type|label):(\d+)(?::(\d?))?$"


async def press(update: Update, context: Context) -> None:
    """A button of PATTERN: what to do, the id of a request or picture, and for `label` the digit."""
    query = update.callback_query
    assert query is not None and context.matches
    action, key, digit = context.matches[0].groups()
    person = await person_of(update)
    try:
        word = await _act(query, person, action, int(key), digit or "")
    except UnavailableError as reason:
        say = replies.not_yours if reason.foreign else replies.no_longer_stored
        await answer_press(query, say(person.language), alert=True)
    else:
        await answer_press(query, word)
        if action == "type":
            await _ask_for_number(query, person)


async def _act(query: CallbackQuery, person: Person, action: str, key: int, digit: str) -> str:
    """Do what the button says; returns a word of thanks, or nothing."""
    language = person.language
    if action == "right":
        await corrections.confirm(key, person)
        await _show(query, keyboards.noted(language, key))
        return replies.thanks(language)
    if action == "label":
        request = await corrections.correct(key, digit, person)
        await _show(query, keyboards.noted(language, request.pk))
        return replies.thanks(language)
    if action == "fix":
        await _show(query, keyboards.correction(language, await corrections.request_of(key, person.user_id), key))
    elif action == "type":
        await corrections.await_number(person, key)
    else:
        await _show(query, await _choices(person, action, key))
    return ""


async def _choices(person: Person, action: str, request_id: int) -> keyboards.Keyboard:
    """Back to right or wrong; or on to the digits, by way of "which picture" for an album."""
    pictures = await corrections.readable_pictures(request_id, person.user_id)
    if action == "back":
        return keyboards.right_or_wrong(person.language, request_id)
    if len(pictures) == 1:
        return keyboards.correction(person.language, request_id, pictures[0])
    return keyboards.which_picture(person.language, request_id, pictures)


async def _ask_for_number(query: CallbackQuery, person: Person) -> None:
    if isinstance(query.message, Message):
        prompt = ForceReply(selective=True, input_field_placeholder=figures(person.language, "407"))
        await query.message.reply_text(replies.type_the_number(person.language), reply_markup=prompt, do_quote=True)


async def take_typed_number(message: Message, person: Person) -> None:
    """The text that follows "type the number"; anything but a number ends the matter."""
    picture_id, label = person.correcting_id, corrections.typed_number(message.text or "")
    if picture_id is None or label is None:
        await corrections.await_nothing(person)
        await message.reply_text(replies.not_a_number(person.language))
        return
    try:
        request = await corrections.correct(picture_id, label, person)
    except UnavailableError:
        await message.reply_text(replies.no_longer_stored(person.language))
        return
    if request.answer_id is not None:
        with suppress(BadRequest):
            await message.get_bot().edit_message_reply_markup(
                request.chat_id, request.answer_id, reply_markup=keyboards.noted(person.language, request.pk)
            )
    await message.reply_text(replies.number_noted(person.language, label), do_quote=True)


async def _show(query: CallbackQuery, keyboard: keyboards.Keyboard) -> None:
    # Refused where the keyboard is the same already, or the message is gone.
    with suppress(BadRequest):
        await query.edit_message_reply_markup(keyboard)
