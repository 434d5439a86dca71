"""What is stored about models: each version, what was live when, trainings under way, and copies handed out."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

SILENT_AFTER = timedelta(minutes=2)


class Source(models.TextChoices):
    """How a version came here."""

    SHIPPED = "shipped", _("Shipped")
    RETRAINED = "retrained", _("Retrained")
    FILE = "file", _("From a file")


class Role(models.TextChoices):
    """What a version does: answer, or read along unseen."""

    LIVE = "live", _("Live")
    SHADOW = "shadow", _("Shadow")


class Action(models.TextChoices):
    """Why a deployment began."""

    ADOPTED = "adopted", _("Shipped with the software")
    PROMOTED = "promoted", _("Promoted")
    ROLLED_BACK = "rolled_back", _("Rolled back to")
    SHADOWED = "shadowed", _("Reads along")


class ModelVersion(models.Model):
    """One model that can be used here. Its file lies in MODELS_DIR, under its name; its hash is the proof."""

    version = models.CharField(_("version"), max_length=64, unique=True)
    sha256 = models.CharField(_("hash"), max_length=64, unique=True)
    architecture = models.CharField(_("architecture"), max_length=32)
    preprocessing_version = models.CharField(_("preprocessing version"), max_length=16)
    source = models.CharField(_("source"), max_length=16, choices=Source)
    card = models.JSONField(_("card"), help_text=_("All that the file's card says: data, metrics, thresholds."))
    # Null is "never compared"; else what ml.gate.Verdict.as_json says, and `live`, the version compared with.
    gate = models.JSONField(_("comparison with the live version"), null=True, blank=True)
    registered_at = models.DateTimeField(_("registered"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("model version")
        verbose_name_plural = _("model versions")
        ordering = ["-registered_at", "-id"]
        constraints = [
            models.CheckConstraint(name="model_version_source", condition=Q(source__in=Source.values)),
        ]

    def __str__(self) -> str:
        return self.version

    @property
    def path(self) -> Path:
        """Where its file lies; the card is beside it."""
        return Path(settings.MODELS_DIR) / f"{self.version}.keras"


class Deployment(models.Model):
    """A time during which a version was live or the shadow; `ended_at` is null while it lasts."""

    model_version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="deployments")
    role = models.CharField(_("role"), max_length=8, choices=Role)
    action = models.CharField(_("action"), max_length=16, choices=Action)
    by = models.CharField(_("by"), max_length=150, blank=True, help_text=_("Empty: the software itself."))
    reason = models.CharField(_("reason"), max_length=255, blank=True)
    began_at = models.DateTimeField(_("from"), default=timezone.now, editable=False)
    ended_at = models.DateTimeField(_("to"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("deployment")
        verbose_name_plural = _("deployments")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(name="deployment_one_a_role", fields=["role"], condition=Q(ended_at=None)),
            models.CheckConstraint(name="deployment_role", condition=Q(role__in=Role.values)),
            models.CheckConstraint(name="deployment_action", condition=Q(action__in=Action.values)),
            models.CheckConstraint(
                name="deployment_ends_after_it_began",
                condition=Q(ended_at=None) | Q(ended_at__gte=models.F("began_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model_version_id}: {self.role}"


class State(models.TextChoices):
    """How a training stands."""

    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Retraining(models.Model):
    """One run of `manage.py retrain`: how far it is, and what came of it."""

    state = models.CharField(_("state"), max_length=8, choices=State, default=State.RUNNING)
    progress = models.CharField(_("progress"), max_length=255, blank=True)
    by = models.CharField(_("by"), max_length=150, blank=True)
    candidate = models.ForeignKey(ModelVersion, models.SET_NULL, null=True, blank=True, related_name="+")
    began_at = models.DateTimeField(_("from"), default=timezone.now, editable=False)
    heard_at = models.DateTimeField(_("last heard of"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("retraining")
        verbose_name_plural = _("retrainings")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(name="retraining_one_at_a_time", fields=["state"], condition=Q(state="running")),
            models.CheckConstraint(name="retraining_state", condition=Q(state__in=State.values)),
        ]

    def __str__(self) -> str:
        return f"{self.began_at:%Y-%m-%d %H:%M}: {self.progress}"

    @property
    def is_silent(self) -> bool:
        """Whether it says that it runs, and yet nothing was heard of it for SILENT_AFTER: its process is gone."""
        return self.state == State.RUNNING and timezone.now() - self.heard_at > SILENT_AFTER

    def say(self, progress: str, **fields: Any) -> None:
        """Write down how far it is."""
        self.progress, self.heard_at = progress[:255], timezone.now()
        for name, value in fields.items():
            setattr(self, name, value)
        self.save(update_fields=["progress", "heard_at", *fields])


class Export(models.Model):
    """A folder that `manage.py export_labels` wrote: whoever is erased goes from there, too."""

    folder = models.CharField(_("folder"), max_length=1024, unique=True)
    written_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("exported copy")
        verbose_name_plural = _("exported copies")

    def __str__(self) -> str:
        return self.folder
