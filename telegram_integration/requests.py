"""Read requests in the database: made from messages, filled with submissions, marked as answered."""

from datetime import timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from telegram import Document, Message, User

from ml.decoding import ImageError
from recognizer import services
from telegram_integration import people
from telegram_integration.database import in_database
from telegram_integration.models import Person, Picture, ReadRequest, WorkQuerySet
from telegram_integration.results import Result, result_of

# Telegram sends an album's pictures as messages of their own, one right after the other, without a count.
ALBUM_QUIET = timedelta(seconds=1)
MAX_FILE_BYTES = 20 * 1024 * 1024


class SentPicture(NamedTuple):
    """A picture as a message holds it."""

    message_id: int
    album: str
    file_id: str
    file_size: int


def picture_in(message: Message) -> SentPicture | None:
    """The message's photo in its largest size, or its image file; None when it holds neither."""
    source = message.photo[-1] if message.photo else _image_file(message.document)
    if source is None:
        return None
    return SentPicture(message.message_id, message.media_group_id or "", source.file_id, source.file_size or 0)


def _image_file(document: Document | None) -> Document | None:
    """A GIF sent as a file comes with its type, and the submission's envelope says what is wrong with it."""
    return document if document and (document.mime_type or "").startswith("image/") else None


@in_database
def open_request(user: User, message: Message, sent: SentPicture) -> int | None:
    """Store what is to be answered; returns the request's id when it can be worked on at once.

    Repeated with the same message it changes nothing. The pictures of an album make one request, which is
    due when no further one has come for ALBUM_QUIET; one that comes later still gets an answer of its own.
    """
    with transaction.atomic():
        if sent.album and Picture.objects.filter(_in_album(message, sent), message_id=sent.message_id).exists():
            return None
        gathering = _gathering(message, sent) if sent.album else None
        request, is_new = (gathering, True) if gathering else _request(people.find(user), message, album=sent.album)
        if is_new:
            request.pictures.create(message_id=sent.message_id, file_id=sent.file_id, file_size=sent.file_size)
    return None if request.album else request.pk


def _in_album(message: Message, sent: SentPicture) -> Q:
    return Q(request__chat_id=message.chat_id, request__album=sent.album)


def _gathering(message: Message, sent: SentPicture) -> ReadRequest | None:
    """The album's request, given more time, as long as nobody works on it."""
    gathering = ReadRequest.objects.filter(chat_id=message.chat_id, album=sent.album, attempts=0)
    return gathering.get() if gathering.update(due_at=timezone.now() + ALBUM_QUIET) else None


def _request(person: Person, message: Message, *, album: str) -> tuple[ReadRequest, bool]:
    """The message's request, and whether it was made just now."""
    if album and ReadRequest.objects.filter(chat_id=message.chat_id, album=album).exists():
        album = ""
    return ReadRequest.objects.get_or_create(
        chat_id=message.chat_id,
        message_id=message.message_id,
        defaults={
            "person": person,
            "album": album,
            "thread_id": message.message_thread_id if message.is_topic_message else None,
            "due_at": timezone.now() + (ALBUM_QUIET if album else timedelta()),
        },
    )


def with_pictures() -> WorkQuerySet[ReadRequest]:
    """All requests, each with its person and its pictures; submissions come without their images."""
    return ReadRequest.objects.select_related("person").prefetch_related(Prefetch("pictures", _pictures()))


def _pictures() -> QuerySet[Picture]:
    return Picture.objects.select_related("submission").defer("submission__image")


@in_database
def submit(picture: Picture, person: Person, image: bytes) -> None:
    """Make a fetched picture a submission, or note why it cannot be one."""
    try:
        with transaction.atomic():
            picture.submission = services.submit(image=image, channel="telegram", client=person.client)
            picture.save(update_fields=["submission"])
        # It has 20 MB at worst, and many may wait for a worker.
        del picture.submission.image
    except ImageError as error:
        picture.error = error.code
        picture.save(update_fields=["error"])


@in_database
def refuse(picture: Picture, error: str) -> None:
    """Note why a picture cannot be fetched."""
    picture.error = error
    picture.save(update_fields=["error"])


@in_database
def is_known_album(chat_id: int, album: str) -> bool:
    """Whether a picture of this album was taken in: its others need no mention of the bot."""
    return bool(album) and ReadRequest.objects.filter(chat_id=chat_id, album=album).exists()


@in_database
def outcomes(request: ReadRequest) -> list[Result] | None:
    """What became of the pictures, in order; None while a worker has yet to read one of them."""
    pictures = _pictures().filter(request=request).prefetch_related("submission__predictions")
    if any(picture.submission and picture.submission.status == "queued" for picture in pictures):
        return None
    return [result_of(picture) for picture in pictures]


@in_database
def move(request: ReadRequest, chat_id: int) -> None:
    """The group has become a supergroup with an id of its own."""
    ReadRequest.objects.filter(pk=request.pk).update(chat_id=chat_id)
    request.chat_id = chat_id


@in_database
def mark_answered(request: ReadRequest, answer_id: int) -> None:
    """The one write that keeps an answer from being given twice."""
    request.finish(answer_id=answer_id)


@in_database
def mark_told_late(request: ReadRequest) -> None:
    """The user knows that it takes longer."""
    ReadRequest.objects.filter(pk=request.pk).update(told_late=True)
    request.told_late = True
