"""The service's WSGI entry point in a process that dies between the commit of one picture and its publishing."""

import os
import signal
from collections.abc import Sequence
from typing import Any

from digitsite.wsgi import application as application
from recognizer import services
from recognizer.models import Submission
from tests.faults.mortal_worker import POISON

_submit, _store = services.submit, services.store


def _die_of(submissions: Sequence[Submission]) -> None:
    if any(bytes(submission.image).endswith(POISON) for submission in submissions):
        os.kill(os.getpid(), signal.SIGKILL)


def _deadly_submit(**sent: Any) -> Submission:
    submission = _submit(**sent)
    _die_of([submission])
    return submission


def _deadly_store(submissions: Sequence[Submission]) -> None:
    _store(submissions)
    _die_of(submissions)


services.submit, services.store = _deadly_submit, _deadly_store
