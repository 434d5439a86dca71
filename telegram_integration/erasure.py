"""An operator erases a person: what the bot itself keeps of them goes with the rest."""

from typing import Any

from django.db import transaction

from telegram_integration.models import Person, ReceivedUpdate, user_of

CHANNEL = "telegram"


def forget_client(*, client: str, channel: str | None, **_: Any) -> str | None:
    """Delete a person's language, requests and updates under way, when the client is somebody at Telegram.

    Their requests go with them, so that whatever is being answered at this moment is left unanswered. Says in a
    sentence that something was erased.
    """
    user_id = user_of(client)
    if user_id is None or channel not in (None, CHANNEL):
        return None
    with transaction.atomic():
        known = Person.objects.filter(user_id=user_id).delete()[0]
        waiting = ReceivedUpdate.objects.filter(user_id=user_id).delete()[0]
    return "Erased what the Telegram bot kept of them." if known or waiting else None
