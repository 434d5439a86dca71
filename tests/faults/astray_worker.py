"""A Celery application whose clock is as wrong as the file FAULTS_CLOCK says, in seconds."""

import os
import time
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

CLOCK = Path(os.environ["FAULTS_CLOCK"])
_now, _time = timezone.now, time.time


def _astray() -> float:
    return float(CLOCK.read_text() or 0)


def _moved_now() -> datetime:
    return _now() + timedelta(seconds=_astray())


def _moved_time() -> float:
    return _time() + _astray()


timezone.now = _moved_now
time.time = _moved_time

# The product's modules are loaded after it, so that all of them read the wrong clock.
from digitsite.celery import app as app  # noqa: E402
