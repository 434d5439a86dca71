"""What is kept of people: their history, its erasure, and the operator's figures."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Prefetch
from django.utils import timezone

from recognizer import services
from telegram_integration.database import in_database
from telegram_integration.models import Person, Picture, ReadRequest, ReceivedUpdate
from telegram_integration.results import number_in

HISTORY_LENGTH = 10


@dataclass(frozen=True, slots=True)
class Past:
    """One request of old: when, and what was read in each of its pictures ("" for nothing)."""

    at: datetime
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts for the operator."""

    people: int
    pictures: int
    pictures_today: int
    waiting: int
    said_right: int
    said_wrong: int


@in_database
def history(person: Person) -> list[Past]:
    """The newest requests, newest first, without those whose pictures have been erased since."""
    pictures = Picture.objects.select_related("submission").defer("submission__image")
    shown = Prefetch("pictures", pictures.prefetch_related("submission__predictions"))
    kept = person.requests.filter(Exists(Picture.objects.filter(request=OuterRef("pk"))))
    newest = kept.order_by("-created_at").prefetch_related(shown)[:HISTORY_LENGTH]
    return [
        Past(request.created_at, tuple(number_in(picture) for picture in request.pictures.all())) for request in newest
    ]


@in_database
def erase(user_id: int, *, current_update: int) -> int:
    """Delete everything of a user: pictures, readings, feedback, language, updates under way.

    The update that asks for it stays until it is handled. Returns how many pictures there were.
    """
    with transaction.atomic():
        pictures = Picture.objects.filter(request__person_id=user_id).count()
        services.erase_client(client=Person(user_id=user_id).client)
        Person.objects.filter(user_id=user_id).delete()
        ReceivedUpdate.objects.filter(user_id=user_id).exclude(pk=current_update).delete()
    return pictures


@in_database
def statistics() -> Statistics:
    """As of now; "today" is the last 24 hours."""
    judged = Picture.objects.filter(submission__predictions__live=True, submission__feedback__isnull=False)
    right = judged.filter(submission__feedback__label=F("submission__predictions__text"))
    yesterday = timezone.now() - timedelta(days=1)
    return Statistics(
        people=Person.objects.count(),
        pictures=Picture.objects.count(),
        pictures_today=Picture.objects.filter(request__created_at__gte=yesterday).count(),
        waiting=ReadRequest.objects.filter(done_at=None).count(),
        said_right=right.count(),
        said_wrong=judged.count() - right.count(),
    )
