"""What users say about answers, in the database."""

import re

from django.db import transaction
from django.db.models import QuerySet

from recognizer import services
from telegram_integration import results
from telegram_integration.database import in_database
from telegram_integration.models import Person, Picture, ReadRequest

# Figures as Persian and Arabic keyboards type them.
WESTERN_FIGURES = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")


class UnavailableError(Exception):
    """There is nothing of this person's to correct under that id: erased, or somebody else's."""

    def __init__(self, *, foreign: bool) -> None:
        super().__init__("foreign" if foreign else "erased")
        self.foreign = foreign


def typed_number(text: str) -> str | None:
    """The digits of a typed number, whatever figures and separators it is typed with; None for other texts."""
    compact = re.sub(r"[\s,،٬'_-]", "", text).translate(WESTERN_FIGURES)
    return compact if re.fullmatch(r"[0-9]{1,64}", compact) else None


@in_database
def readable_pictures(request_id: int, user_id: int) -> list[int]:
    """Ids of the pictures in which a model read something or nothing, in order.

    Raises:
        UnavailableError: no such request of this user's.
    """
    return [picture.pk for picture in _pictures(request_id, user_id)]


@in_database
def confirm(request_id: int, person: Person) -> None:
    """All that was read there is right.

    Raises:
        UnavailableError: no such request of this user's.
    """
    with transaction.atomic():
        for picture in _pictures(request_id, person.user_id):
            if text := results.number_in(picture):
                _store(picture, text, person)


@in_database
def correct(picture_id: int, label: str, person: Person) -> ReadRequest:
    """The picture shows `label`, "" for no digit; returns the request it belongs to.

    Raises:
        UnavailableError: no such picture of this user's.
        ValidationError: the label is too long.
    """
    picture = _picture(picture_id, person.user_id)
    _store(picture, label, person)
    _await_number(person, None)
    return picture.request


@in_database
def request_of(picture_id: int, user_id: int) -> int:
    """The id of the request that a picture belongs to.

    Raises:
        UnavailableError: no such picture of this user's.
    """
    return _picture(picture_id, user_id).request_id


@in_database
def await_number(person: Person, picture_id: int) -> None:
    """The next text from this person is the number in that picture.

    Raises:
        UnavailableError: no such picture of this user's.
    """
    _await_number(person, _picture(picture_id, person.user_id))


@in_database
def await_nothing(person: Person) -> None:
    """The next text from this person is just a text."""
    _await_number(person, None)


def _await_number(person: Person, picture: Picture | None) -> None:
    person.correcting = picture
    person.save(update_fields=["correcting"])


def _store(picture: Picture, label: str, person: Person) -> None:
    assert picture.submission is not None
    services.give_feedback(submission=picture.submission, label=label, client=person.client)


def _pictures(request_id: int, user_id: int) -> list[Picture]:
    if not ReadRequest.objects.filter(pk=request_id, person_id=user_id).exists():
        raise UnavailableError(foreign=ReadRequest.objects.filter(pk=request_id).exists())
    return list(_readable().filter(request_id=request_id))


def _picture(picture_id: int, user_id: int) -> Picture:
    picture = _readable().filter(pk=picture_id).first()
    if picture is None or picture.request.person_id != user_id:
        raise UnavailableError(foreign=picture is not None)
    return picture


def _readable() -> QuerySet[Picture]:
    """What a model has looked at, without the images."""
    pictures = Picture.objects.filter(submission__status="done").select_related("request", "submission")
    return pictures.defer("submission__image").prefetch_related("submission__predictions")
