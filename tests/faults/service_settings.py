"""The product's settings for a service of the fault tests: what it writes lies in FAULTS_DIR."""

import os
from pathlib import Path

from digitsite.settings import *  # noqa: F403
from digitsite.settings import STORAGES

METRICS_DIR = Path(os.environ["FAULTS_DIR"]) / "metrics"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
CELERY_BEAT_SCHEDULE_FILENAME = str(Path(os.environ["FAULTS_DIR"]) / "celerybeat-schedule")
