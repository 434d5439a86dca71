"""What the bot must remember, so that a restart at any moment loses nothing and repeats nothing."""

from datetime import timedelta
from typing import Self, TypeVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from telegram_integration.languages import Language, preferred

CLIENT_PREFIX = "telegram:"

# A process that works on an item owns it for this long and keeps renewing; a dead one's items are free then.
LEASE = timedelta(seconds=settings.TELEGRAM_TAKEOVER_SECONDS)


Item = TypeVar("Item", bound="WorkItem")


class WorkQuerySet(models.QuerySet[Item]):
    """Who works on what. Each method is one step of the database's, so processes cannot get in each other's way."""

    def due(self) -> Self:
        """Unfinished, and nobody's at the moment."""
        return self.filter(done_at=None, due_at__lte=timezone.now())

    def soon_due(self) -> Self:
        """Due, or new and about to be."""
        return self.filter(Q(attempts=0) | Q(due_at__lte=timezone.now()), done_at=None)

    def claim(self, keys: list[int]) -> list[Item]:
        """Fetch those of these items that can be had: neither finished, nor another's, nor not due yet.

        Where SELECT locks no row (SQLite), the transaction has locked the database.
        """
        with transaction.atomic():
            items = list(self.due().filter(pk__in=keys).select_for_update(skip_locked=True, of=("self",)))
            mine = self.filter(pk__in=[item.pk for item in items])
            mine.update(due_at=timezone.now() + LEASE, attempts=F("attempts") + 1)
        for item in items:
            item.attempts += 1
        return items

    def renew(self, keys: list[int]) -> None:
        """Keep what was claimed for another LEASE."""
        self.filter(pk__in=keys, done_at=None).update(due_at=timezone.now() + LEASE)

    def release(self, keys: list[int]) -> None:
        """Give back unfinished what was claimed."""
        self.filter(pk__in=keys, done_at=None).update(due_at=timezone.now())


class WorkItem(models.Model):
    """Something to be done once, by one process at a time, again after a failure, and never after success."""

    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = WorkQuerySet.as_manager()

    class Meta:
        abstract = True

    def finish(self, **outcome: object) -> None:
        """Done for good, with this outcome; subclasses forget here what was needed only for the work."""
        self._write(done_at=timezone.now(), **outcome)

    def postpone(self, seconds: float, *, progress: bool) -> None:
        """Come back to it; attempts are counted anew after progress, this one being the first."""
        due_at = timezone.now() + timedelta(seconds=seconds)
        self._write(due_at=due_at, attempts=1 if progress else self.attempts)

    def _write(self, **values: object) -> None:
        """One statement, which does nothing when the item's person had everything erased meanwhile."""
        for name, value in values.items():
            setattr(self, name, value)
        type(self).objects.filter(pk=self.pk).update(**values)


class ReceivedUpdate(WorkItem):
    """An update by its id: stored before Telegram is told that it arrived, emptied once it is handled."""

    update_id = models.BigIntegerField(primary_key=True)
    user_id = models.BigIntegerField(null=True, db_index=True)
    payload = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="received_update_due", condition=Q(done_at=None))]

    def __str__(self) -> str:
        return str(self.update_id)

    def finish(self, **outcome: object) -> None:
        """Only the id is kept: it is all that tells a repeated update from a new one."""
        super().finish(user_id=None, payload=None, **outcome)


class Person(models.Model):
    """Somebody who talks to the bot, in private or in a group."""

    user_id = models.BigIntegerField(primary_key=True)
    chosen_language = models.CharField(max_length=2, choices=Language, blank=True)
    telegram_language = models.CharField(max_length=16, blank=True)
    correcting = models.ForeignKey(
        "Picture", models.SET_NULL, null=True, related_name="+", help_text="The picture whose number is awaited."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return str(self.user_id)

    @property
    def language(self) -> Language:
        """The one chosen with /language, else the nearest to Telegram's own setting."""
        return Language(self.chosen_language) if self.chosen_language else preferred(self.telegram_language)

    @property
    def client(self) -> str:
        """How submissions and feedback name this person."""
        return client_name(self.user_id)


class ReadRequest(WorkItem):
    """Something to answer: one picture or one album, which gets one reply."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="requests")
    chat_id = models.BigIntegerField()
    thread_id = models.BigIntegerField(null=True)
    message_id = models.BigIntegerField(help_text="The message that the answer replies to.")
    album = models.CharField(max_length=64, blank=True)
    told_late = models.BooleanField(default=False)
    answer_id = models.BigIntegerField(null=True, help_text="The message that holds the answer.")

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="read_request_due", condition=Q(done_at=None)),
            models.Index(fields=["person", "-created_at"], name="read_request_history"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["chat_id", "message_id"], name="read_request_once_per_message"),
            models.UniqueConstraint(
                fields=["chat_id", "album"], name="read_request_once_per_album", condition=~Q(album="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chat_id}/{self.message_id}"


class Picture(models.Model):
    """One picture of a request: a file at Telegram, then a submission of ours."""

    request = models.ForeignKey(ReadRequest, models.CASCADE, related_name="pictures")
    message_id = models.BigIntegerField()
    file_id = models.CharField(max_length=255)
    file_size = models.BigIntegerField(default=0)
    submission = models.OneToOneField(
        "recognizer.Submission", models.CASCADE, null=True, related_name="telegram_picture"
    )
    error = models.CharField(max_length=32, blank=True, help_text="Why there is no submission.")

    class Meta:
        ordering = ["message_id"]
        constraints = [
            models.UniqueConstraint(fields=["request", "message_id"], name="picture_once_per_request"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}/{self.message_id}"


def client_name(user_id: int) -> str:
    """The `client` of this Telegram user's submissions and feedback."""
    return f"{CLIENT_PREFIX}{user_id}"


def user_of(client: str) -> int | None:
    """The Telegram user that submissions and feedback call so; None for anybody else."""
    number = client.removeprefix(CLIENT_PREFIX)
    return int(number) if client.startswith(CLIENT_PREFIX) and number.isdecimal() else None
