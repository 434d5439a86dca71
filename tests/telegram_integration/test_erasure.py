"""`manage.py erase --client telegram:N` leaves nothing of a person, in the bot's tables neither."""

import pytest
from django.core.management import call_command

from recognizer.models import Feedback, Submission
from telegram_integration.models import Person, Picture, ReadRequest, ReceivedUpdate
from tests import factories

pytestmark = pytest.mark.django_db


def somebody(user_id: int) -> Person:
    """A person with a picture answered, one waiting, a correction under way and an update not yet handled."""
    row = factories.read("7", channel="telegram", client=f"telegram:{user_id}")
    Feedback.objects.create(submission=row, client=f"telegram:{user_id}", label="1")
    person = Person.objects.create(user_id=user_id, chosen_language="fa")
    answered = ReadRequest.objects.create(person=person, chat_id=user_id, message_id=1)
    waiting = ReadRequest.objects.create(person=person, chat_id=user_id, message_id=2)
    person.correcting = Picture.objects.create(request=answered, message_id=1, file_id="a", submission=row)
    person.save()
    Picture.objects.create(request=waiting, message_id=2, file_id="b")
    ReceivedUpdate.objects.create(update_id=user_id, user_id=user_id, payload={"message": {"text": "hello"}})
    return person


def left(user_id: int) -> list[int]:
    """How many rows are left of a person, table by table."""
    client = f"telegram:{user_id}"
    return [
        Submission.objects.filter(client=client).count(),
        Feedback.objects.filter(client=client).count(),
        Person.objects.filter(user_id=user_id).count(),
        ReadRequest.objects.filter(chat_id=user_id).count(),
        Picture.objects.filter(request__chat_id=user_id).count(),
        ReceivedUpdate.objects.filter(user_id=user_id).count(),
    ]


def test_all_of_a_person_goes_and_nothing_of_others(capsys: pytest.CaptureFixture[str]) -> None:
    somebody(5)
    somebody(55)

    call_command("erase", "--client", "telegram:5")

    said = capsys.readouterr().out
    assert "Erased 1 submission, and 0 of" in said
    assert "Erased what the Telegram bot kept of them." in said
    assert left(5) == [0, 0, 0, 0, 0, 0]
    assert left(55) == [1, 1, 1, 2, 2, 1]


def test_somebody_whom_the_service_never_read_is_erased_too(capsys: pytest.CaptureFixture[str]) -> None:
    Person.objects.create(user_id=6)

    call_command("erase", "--client", "telegram:6", "--channel", "telegram")

    assert "the Telegram bot kept" in capsys.readouterr().out
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    "which", [["--client", "telegram:5", "--channel", "web"], ["--client", "ada"], ["--client", "telegram:"]]
)
def test_others_stay(which: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    somebody(5)

    call_command("erase", *which)

    assert "Telegram" not in capsys.readouterr().out
    assert left(5) == [1, 1, 1, 2, 2, 1]
