"""The models that a worker has loaded, kept in step with the registry by a thread.

A version is loaded and tried beside the one that answers, and takes its place between two tasks: nobody waits
for it, and nothing is restarted.
"""

import logging
import threading
import time
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import DatabaseError, close_old_connections

from recognizer import registry
from recognizer.outages import Outage
from recognizer.registry import RegistryError
from recognizer.versions import ModelVersion, Role

if TYPE_CHECKING:
    from ml.inference import Recognizer

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
RETRY_SECONDS = 30.0


def load(version: ModelVersion) -> "Recognizer":
    """The version's model. Raises RegistryError when its file is missing, damaged or of no use."""
    from ml.artifact import ArtifactError

    registry.check(version)
    try:
        return _open(version.path)
    except ArtifactError as error:
        raise RegistryError(f"{version} cannot be used. {error}") from error


def _open(path: Path) -> "Recognizer":
    """The model at `path` with the operator's thresholds. Raises ArtifactError."""
    from ml.inference import Recognizer

    return Recognizer.load(path, confidence=settings.MIN_CONFIDENCE, outlier=settings.MAX_OUTLIER)


class LoadedModels:
    """At most one model for each role."""

    def __init__(self) -> None:
        self._models: dict[str, Recognizer] = {}
        self._retry_at: dict[str, float] = {}

    def get(self, role: Role) -> "Recognizer | None":
        """The model in this role; take it once for all that must be read by the same one."""
        return self._models.get(role)

    def refresh(self) -> None:
        """Load what is deployed and not loaded yet, and let go of what is not deployed any more."""
        deployed = registry.deployed()
        for role in Role:
            version = deployed.get(role)
            if version is not None:
                self._bring(role, version)
            elif role != Role.LIVE:
                self._models.pop(role, None)

    def _bring(self, role: Role, version: ModelVersion) -> None:
        present = self._models.get(role)
        if present is not None and present.card.sha256 == version.sha256:
            return
        if self._retry_at.get(version.sha256, 0.0) > time.monotonic():
            return
        others = (model for model in self._models.values() if model.card.sha256 == version.sha256)
        try:
            self._models[role] = next(others, None) or load(version)
        except RegistryError as error:
            self._refuse(role, version, error)
            return
        self._retry_at.pop(version.sha256, None)
        logger.info("%s is %s from now on", version, Role(role).label.lower())

    def _refuse(self, role: Role, version: ModelVersion, error: RegistryError) -> None:
        """Keep what is there; say so once, and look again now and then whether the file was repaired."""
        if version.sha256 not in self._retry_at:
            stays = self._models.get(role)
            kept = f"{stays.card.version} stays" if stays else "the shipped model takes its place"
            logger.error("%s As %s, %s.", error, Role(role).label.lower(), kept)
        self._retry_at[version.sha256] = time.monotonic() + RETRY_SECONDS

    def start(self) -> None:
        """Load the live version, or the shipped one where its file is damaged; then follow the registry.

        Raises:
            RegistryError, ml.artifact.ArtifactError: no model can be used.
        """
        registry.adopt_shipped()
        self.refresh()
        if self.get(Role.LIVE) is None:
            self._models[Role.LIVE] = _open(settings.MODEL_PATH)
        threading.Thread(target=self._follow, name="registry", daemon=True).start()

    def _follow(self) -> None:
        outage = Outage("Which model is live is not known: the loaded one stays. Look after the database")
        while True:
            time.sleep(LOOK_SECONDS)
            try:
                close_old_connections()
                self.refresh()
                outage.over()
            except DatabaseError as error:
                outage.seen(error)
            except Exception:
                # Whatever loading raises, this thread must live on, and the loaded model answers meanwhile.
                logger.exception("A model version could not be loaded; the loaded one stays")
                time.sleep(RETRY_SECONDS)


@lru_cache(maxsize=1)
def loaded() -> LoadedModels:
    """This process's models, loaded on first use: after any fork."""
    models = LoadedModels()
    models.start()
    return models


def live() -> "Recognizer":
    """The model that answers."""
    model = loaded().get(Role.LIVE)
    assert model is not None, "started without a live model"
    return model
