"""Which model versions there are, which one is live or reads along, and what was live when.

Models are files in MODELS_DIR, known by their SHA-256; what is live is a row in the database, so that one
change reaches the workers of all hosts.
"""

import logging
import re
import shutil
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ml.artifact import ArtifactError, ModelCard, card_path, read_card, verify
from ml.files import replacing
from recognizer import verdicts
from recognizer.versions import Action, Deployment, ModelVersion, Role, Source

logger = logging.getLogger(__name__)

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")


class RegistryError(Exception):
    """What was asked for cannot be done, and nothing changed; the sentence says why and what to do."""


def current(role: Role) -> ModelVersion | None:
    """The version that has this role now."""
    return ModelVersion.objects.filter(deployments__role=role, deployments__ended_at=None).first()


def deployed() -> dict[str, ModelVersion]:
    """The version in each role that is taken, in one query."""
    rows = Deployment.objects.filter(ended_at=None).select_related("model_version")
    return {row.role: row.model_version for row in rows}


def find(name: str) -> ModelVersion:
    """The version of this name. Raises RegistryError, naming those there are."""
    try:
        return ModelVersion.objects.get(version=name)
    except ModelVersion.DoesNotExist:
        known = ", ".join(ModelVersion.objects.values_list("version", flat=True)[:20])
        raise RegistryError(f"There is no model version {name!r}. There are: {known or 'none'}.") from None


def check(version: ModelVersion) -> ModelCard:
    """The card of its file, proven by its hash. Raises RegistryError when file or card is missing or damaged."""
    try:
        card = verify(version.path)
    except ArtifactError as error:
        raise RegistryError(_("%(version)s cannot be used. %(why)s") % {"version": version, "why": error}) from error
    if card.sha256 != version.sha256:
        why = _("%(path)s is another model: its hash is %(hash)s.") % {"path": version.path, "hash": card.sha256}
        raise RegistryError(_("%(version)s cannot be used. %(why)s") % {"version": version, "why": why})
    return card


def register(path: Path, *, source: Source, gate: dict[str, Any] | None = None) -> ModelVersion:
    """Keep a copy of the model at `path`, with its card, in MODELS_DIR, and make it known.

    A model that is known already stays as it is; only its file is put back where it was lost.

    Raises:
        RegistryError: the file or its card is missing or damaged, the model of no use, or its name taken by another.
    """
    try:
        card = verify(path)
        if source != Source.SHIPPED:
            _try_out(path, card.sha256)
    except ArtifactError as error:
        raise RegistryError(str(error)) from error
    if not NAME.match(card.version):
        raise RegistryError(f"{card.version!r} is no name for a version: letters, digits, dots and dashes only.")
    fields = {
        "version": card.version,
        "architecture": card.architecture,
        "preprocessing_version": card.preprocessing_version,
        "card": asdict(card),
        "source": source,
        "gate": gate,
    }
    try:
        with transaction.atomic():
            version, _new = ModelVersion.objects.get_or_create(sha256=card.sha256, defaults=fields)
    except IntegrityError as error:
        raise RegistryError(f"Another model is called {card.version} already.") from error
    _keep(path, version)
    return version


@lru_cache(maxsize=16)
def _try_out(path: Path, sha256: str) -> None:
    """Let it read a little, once for each content.

    What is shipped was tried before, and is adopted where nothing that reads should be loaded.
    """
    from ml.scoring import Scorer

    Scorer.load(path)


def _keep(path: Path, version: ModelVersion) -> None:
    """Copy under temporary names, then rename, the card last: a reader never sees half a file."""
    try:
        check(version)
    except RegistryError:
        version.path.parent.mkdir(parents=True, exist_ok=True)
        for source, target in ((path, version.path), (card_path(path), card_path(version.path))):
            with replacing(target) as draft:
                shutil.copyfile(source, draft)


def adopt_shipped() -> None:
    """Let the model at MODEL_PATH answer, unless somebody chose another: at the first start, and after an upgrade.

    Raises:
        RegistryError: that file or its card is missing or damaged.
    """
    live = Deployment.objects.filter(role=Role.LIVE, ended_at=None).select_related("model_version").first()
    if live and live.action != Action.ADOPTED:
        return
    try:
        card = read_card(settings.MODEL_PATH)
    except ArtifactError as error:
        raise RegistryError(str(error)) from error
    if live and live.model_version.sha256 == card.sha256 and live.model_version.path.exists():
        return
    shipped = register(settings.MODEL_PATH, source=Source.SHIPPED)
    if live and live.model_version == shipped:
        return
    try:
        _deploy(shipped, Role.LIVE, Action.ADOPTED)
    except RegistryError:
        # Another process did the same at the same moment.
        logger.info("%s is live already", shipped)


def promote(name: str, *, by: str, insisting: str = "") -> ModelVersion:
    """Let this version answer, from now on.

    Args:
        name: its version.
        by: who says so.
        insisting: why, though it did not pass the comparison with the live version; kept in the history.

    Raises:
        RegistryError: it is unknown, missing or damaged, live already, or did not pass; the live one stays.
    """
    version, live = find(name), current(Role.LIVE)
    if version == live:
        raise RegistryError(_("%(version)s is live already.") % {"version": version})
    check(version)
    if not insisting and (why := verdicts.objection(version, live)):
        refusal = _("%(version)s did not pass the gate. %(why)s To promote it all the same: %(command)s")
        command = f"`manage.py models promote {version} --force REASON`"
        raise RegistryError(refusal % {"version": version, "why": why, "command": command})
    _deploy(version, Role.LIVE, Action.PROMOTED, by=by, reason=insisting)
    return version


def rollback(*, by: str, reason: str = "") -> ModelVersion:
    """Let the version answer that was live before the present one; again: the one before that.

    Raises:
        RegistryError: there was none before, or its file is missing or damaged; the live one stays.
    """
    stack: list[ModelVersion] = []
    history = Deployment.objects.filter(role=Role.LIVE).select_related("model_version").order_by("id")
    for deployment in history:
        if deployment.action == Action.ROLLED_BACK:
            stack.pop()
        else:
            stack.append(deployment.model_version)
    if len(stack) < 2:
        raise RegistryError("There is nothing to roll back to: no other version was live before.")
    check(stack[-2])
    _deploy(stack[-2], Role.LIVE, Action.ROLLED_BACK, by=by, reason=reason)
    return stack[-2]


def set_shadow(name: str | None, *, by: str) -> ModelVersion | None:
    """Let this version read along, instead of any other; None: no version.

    Raises:
        RegistryError: it is unknown, missing or damaged, or it is live.
    """
    if name is None:
        _end(Role.SHADOW)
        return None
    version = find(name)
    if version == current(Role.LIVE):
        raise RegistryError(_("%(version)s is live: it reads everything already.") % {"version": version})
    check(version)
    _deploy(version, Role.SHADOW, Action.SHADOWED, by=by)
    return version


def _deploy(version: ModelVersion, role: Role, action: Action, *, by: str = "", reason: str = "") -> None:
    try:
        with transaction.atomic():
            now = _end(role)
            if role == Role.LIVE:
                Deployment.objects.filter(role=Role.SHADOW, model_version=version, ended_at=None).update(ended_at=now)
            Deployment.objects.create(
                model_version=version, role=role, action=action, by=by, reason=reason[:255], began_at=now
            )
    except IntegrityError as error:
        raise RegistryError(_("Somebody else chose a version at the same moment; see what is live now.")) from error


def _end(role: Role) -> Any:
    now = timezone.now()
    Deployment.objects.filter(role=role, ended_at=None).update(ended_at=now)
    return now
