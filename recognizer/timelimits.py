"""A task that takes far too long ends its worker: the runner starts another, and the attempt has been counted.

Celery's own limits need a pool of child processes. Here a thread looks at the time, and behind it stands the kernel's
timer, which also reaches a worker whose interpreter a decoder holds. Either way the process ends by SIGALRM.
"""

import faulthandler
import signal
import sys
import threading
import time
from typing import Any

from celery.signals import task_postrun, task_prerun
from django.conf import settings

LOOK_SECONDS = 0.5
# So much longer than TASK_SECONDS the thread has for getting hold of the interpreter.
GRACE_SECONDS = 3.0

_log = sys.__stderr__ or 2
_ends_at = float("inf")


def enforce() -> None:
    """From now on each task of this process has TASK_SECONDS; where it hung goes to stderr before the process ends."""
    faulthandler.register(signal.SIGALRM, file=_log, chain=True)
    task_prerun.connect(_start)
    task_postrun.connect(_stop)
    threading.Thread(target=_watch, name="time limit", daemon=True).start()


def _start(**_: Any) -> None:
    global _ends_at
    _ends_at = time.monotonic() + settings.TASK_SECONDS
    signal.setitimer(signal.ITIMER_REAL, settings.TASK_SECONDS + GRACE_SECONDS)


def _stop(**_: Any) -> None:
    global _ends_at
    _ends_at = float("inf")
    signal.setitimer(signal.ITIMER_REAL, 0)


def _watch() -> None:
    """Whoever runs here holds the interpreter, so that no other thread can change the stacks that are written down.

    In a signal's handler they may be half made, and reading them could end the process by SIGSEGV with nothing said.
    That is for the kernel's timer only: when it comes, foreign code has held the interpreter for seconds.
    """
    while time.monotonic() < _ends_at:
        time.sleep(LOOK_SECONDS)
    faulthandler.dump_traceback(_log)
    faulthandler.unregister(signal.SIGALRM)
    signal.raise_signal(signal.SIGALRM)
