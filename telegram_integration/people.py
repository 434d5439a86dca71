"""Who talks to the bot."""

from telegram import User

from telegram_integration.database import in_database
from telegram_integration.languages import Language
from telegram_integration.models import Person


def find(user: User) -> Person:
    """The person behind a Telegram user, with the language that Telegram says they use; uses the ORM."""
    telegram_language = user.language_code or ""
    person, _ = Person.objects.get_or_create(user_id=user.id, defaults={"telegram_language": telegram_language})
    if person.telegram_language != telegram_language:
        person.telegram_language = telegram_language
        person.save(update_fields=["telegram_language"])
    return person


@in_database
def choose_language(person: Person, language: Language) -> None:
    """From now on answer this person in that language."""
    person.chosen_language = language
    person.save(update_fields=["chosen_language"])
