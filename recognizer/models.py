"""What is stored: each submission with its picture, and what each model version read in it."""

import secrets
import uuid
from datetime import timedelta

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from recognizer.outbox import WebhookDelivery as WebhookDelivery
from recognizer.tokens import ApiToken as ApiToken
from recognizer.versions import Deployment as Deployment
from recognizer.versions import Export as Export
from recognizer.versions import ModelVersion as ModelVersion
from recognizer.versions import Retraining as Retraining
from recognizer.webhooks import WebhookEndpoint as WebhookEndpoint

MAX_LABEL_LENGTH = 64
validate_label = RegexValidator(r"^[0-9]*\Z", _("A label holds digits only; leave it empty for “no digit”."))


def random_id() -> uuid.UUID:
    """128 random bits in the shape of a UUID: knowing it is the right to read an anonymous submission."""
    return uuid.UUID(bytes=secrets.token_bytes(16))


class Channel(models.TextChoices):
    """Where a submission came from."""

    WEB = "web", _("Web page")
    API = "api", _("API")
    TELEGRAM = "telegram", _("Telegram")


class Status(models.TextChoices):
    """queued -> done | failed; nothing leads back."""

    QUEUED = "queued", _("Queued")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class SubmissionQuerySet(models.QuerySet["Submission"]):
    """The questions asked of many submissions at once."""

    def unclaimed(self) -> "SubmissionQuerySet":
        """Queued rows that no worker holds, or whose worker has not finished within CLAIM_SECONDS."""
        return self.filter(Q(claimed_at=None) | _long_since("claimed_at"), status=Status.QUEUED)

    def overdue(self) -> "SubmissionQuerySet":
        """Unclaimed rows older than CLAIM_SECONDS: their message was lost, or their worker was."""
        return self.unclaimed().filter(_long_since("created_at"))


def _long_since(field: str) -> Q:
    """More than CLAIM_SECONDS ago; or as far in the future, which was written before a clock was put back."""
    now, held = timezone.now(), timedelta(seconds=settings.CLAIM_SECONDS)
    return Q(**{f"{field}__lt": now - held}) | Q(**{f"{field}__gt": now + held})


class Submission(models.Model):
    """One picture that somebody sent, whatever became of it.

    The row is written before any message is sent, so it is also the outbox: a row that stays queued is
    published again by the sweeper.
    """

    id = models.UUIDField(primary_key=True, default=random_id, editable=False)
    channel = models.CharField(_("channel"), max_length=16, choices=Channel)
    client = models.CharField(
        _("client"), max_length=64, blank=True, help_text=_("Who sent it, as the channel knows them.")
    )
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.QUEUED)
    error_code = models.CharField(_("error"), max_length=32, blank=True)
    digits_hint = models.PositiveSmallIntegerField(_("known number of digits"), null=True, blank=True)
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    claimed_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("received"), default=timezone.now, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True, editable=False)
    # Null is "not reviewed", empty is "no digit".
    label = models.CharField(  # noqa: DJ001
        _("label"),
        max_length=MAX_LABEL_LENGTH,
        null=True,
        blank=True,
        validators=[validate_label],
    )
    labelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    labelled_at = models.DateTimeField(_("labelled"), null=True, blank=True, editable=False)
    # What the live model read and why it refused, here once more: lists and counts of a million rows need no join.
    answer = models.CharField(_("read"), max_length=255, blank=True, editable=False)
    refusal = models.CharField(_("refused"), max_length=16, blank=True, editable=False)
    # Null is "not in the review queue": queued, failed or labelled.
    usefulness = models.FloatField(_("usefulness"), null=True, blank=True, editable=False)
    image_format = models.CharField(_("format"), max_length=8)
    # Last, because SQLite reads a row's columns in order and need not touch a long one at the end.
    image = models.BinaryField(_("picture"))

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["-created_at"], name="submission_newest"),
            models.Index(fields=["created_at"], name="submission_queued", condition=Q(status="queued")),
            models.Index(fields=["-usefulness"], name="submission_useful", condition=Q(usefulness__isnull=False)),
            models.Index(fields=["channel", "-created_at"], name="submission_channel_newest"),
            models.Index(fields=["-created_at"], name="submission_failed", condition=Q(status="failed")),
            models.Index(fields=["-created_at"], name="submission_labelled", condition=Q(label__isnull=False)),
            models.Index(fields=["client", "-created_at"], name="submission_client", condition=~Q(client="")),
            models.Index(fields=["answer", "-created_at"], name="submission_answer", condition=~Q(answer="")),
            models.Index(fields=["-created_at"], name="submission_refused", condition=~Q(refusal="")),
            models.Index(fields=["label"], name="submission_label", condition=Q(label__isnull=False)),
            models.Index(
                fields=["channel", "-created_at"], name="submission_channel_refused", condition=~Q(refusal="")
            ),
            models.Index(
                fields=["channel", "-created_at"], name="submission_channel_label", condition=Q(label__isnull=False)
            ),
        ]
        constraints = [
            models.CheckConstraint(name="submission_channel", condition=Q(channel__in=Channel.values)),
            models.CheckConstraint(name="submission_status", condition=Q(status__in=Status.values)),
            models.CheckConstraint(
                name="submission_finished_unless_queued",
                condition=Q(status="queued", finished_at=None) | (~Q(status="queued") & Q(finished_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="submission_error_if_failed",
                condition=(Q(status="failed") & ~Q(error_code="")) | (~Q(status="failed") & Q(error_code="")),
            ),
            models.CheckConstraint(
                name="submission_labelled_when_label",
                condition=Q(label=None, labelled_at=None) | Q(label__isnull=False, labelled_at__isnull=False),
            ),
            models.CheckConstraint(
                name="submission_useful_until_labelled",
                condition=Q(usefulness=None) | Q(usefulness__gte=0, label=None, status="done"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @cached_property
    def prediction(self) -> "Prediction | None":
        """What the live model read, or None while queued and after a failure."""
        return next((prediction for prediction in self.predictions.all() if prediction.live), None)


class IdempotencyKey(models.Model):
    """The key that a submission was sent with: the same key again finds the same submission."""

    submission = models.OneToOneField(Submission, models.CASCADE, primary_key=True, related_name="idempotency_key")
    # SHA-256 of caller and key, so that nobody can find another's submission by guessing keys.
    digest = models.CharField(max_length=64, unique=True)
    request_sha256 = models.CharField(max_length=64, help_text="Of all that must be the same the next time.")

    def __str__(self) -> str:
        return str(self.submission_id)


class Prediction(models.Model):
    """What one model version read in one submission."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="predictions", db_index=False)
    live = models.BooleanField(_("live"), default=True)
    text = models.CharField(_("read"), max_length=255, blank=True)
    confidence = models.FloatField(_("confidence"))
    accepted = models.BooleanField(_("accepted"))
    reason = models.CharField(_("reason"), max_length=16, blank=True)
    digits = models.JSONField(
        _("digits"),
        default=list,
        help_text=_("One object a digit: digit, confidence, probabilities, box, touching, preview."),
    )
    model_version = models.CharField(_("model version"), max_length=64)
    model_sha256 = models.CharField(_("model hash"), max_length=64)
    preprocessing_version = models.CharField(_("preprocessing version"), max_length=16)
    created_at = models.DateTimeField(_("read at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("prediction")
        verbose_name_plural = _("predictions")
        constraints = [
            models.UniqueConstraint(name="prediction_once_per_model", fields=["submission", "model_sha256"]),
            models.UniqueConstraint(name="prediction_one_live", fields=["submission"], condition=Q(live=True)),
            models.CheckConstraint(
                name="prediction_confidence", condition=Q(confidence__gte=0) & Q(confidence__lte=1)
            ),
            models.CheckConstraint(
                name="prediction_reason_unless_accepted",
                condition=Q(accepted=True, reason="") | (Q(accepted=False) & ~Q(reason="")),
            ),
        ]

    def __str__(self) -> str:
        return self.text or self.reason

    @property
    def digit(self) -> int | None:
        """The digit when there is exactly one, else None."""
        return int(self.text) if len(self.text) == 1 else None


class Feedback(models.Model):
    """What a sender says that a submission shows: a hint for reviewers, who alone set its label.

    One a sender: saying something else replaces it.
    """

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="feedback", db_index=False)
    client = models.CharField(_("client"), max_length=64, blank=True)
    label = models.CharField(
        _("label"),
        max_length=MAX_LABEL_LENGTH,
        blank=True,
        validators=[validate_label],
        help_text=_("Empty: no digit."),
    )
    created_at = models.DateTimeField(_("said at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        indexes = [models.Index(fields=["client"], name="feedback_client", condition=~Q(client=""))]
        constraints = [
            models.UniqueConstraint(name="feedback_once_per_client", fields=["submission", "client"]),
        ]

    def __str__(self) -> str:
        return self.label


class Review(models.Model):
    """One decision of a reviewer: kept for good, also when a later one replaces it or takes it back."""

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="reviews")
    # As in Submission.label: null is "not reviewed", empty is "no digit".
    label = models.CharField(_("label"), max_length=MAX_LABEL_LENGTH, null=True, blank=True)  # noqa: DJ001
    previous_label = models.CharField(  # noqa: DJ001
        _("previous label"), max_length=MAX_LABEL_LENGTH, null=True, blank=True
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("reviewer")
    )
    undoes = models.OneToOneField(
        "self", models.CASCADE, null=True, blank=True, related_name="undone_by", verbose_name=_("takes back")
    )
    created_at = models.DateTimeField(_("decided at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.previous_label!r} → {self.label!r}"


class Reservation(models.Model):
    """A picture that lies on one reviewer's desk: until it expires, no other reviewer is given it."""

    submission = models.OneToOneField(Submission, models.CASCADE, primary_key=True, related_name="reservation")
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.submission_id}: {self.reviewer_id}"


class Summary(models.Model):
    """Figures of the dashboard, counted ahead: one row a day, and one for all that is reviewed."""

    name = models.CharField(max_length=16, primary_key=True, help_text="A day as YYYY-MM-DD, or “reviewed”.")
    figures = models.JSONField(default=dict)
    counted_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "summaries"

    def __str__(self) -> str:
        return self.name
