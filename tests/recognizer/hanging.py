"""`python -m tests.recognizer.hanging HOW`: a process with a time limit and a task that never ends."""

import ctypes
import re
import sys
import time

import django

django.setup()

from celery.signals import task_postrun, task_prerun  # noqa: E402

from recognizer import timelimits  # noqa: E402


def python_code() -> None:
    """Frames come and go all the time."""
    while not any(character.isdigit() for character in "word"):
        pass


def foreign_code() -> None:
    """The interpreter is free meanwhile, as in most decoders."""
    time.sleep(3600)


def foreign_code_that_holds_the_interpreter() -> None:
    """No Python runs any more, in whatever thread."""
    ctypes.PyDLL(None).sleep(3600)


def foreign_code_that_computes() -> None:
    """The same, and nothing but signals is looked at."""
    re.match(r"(a+)+b", "a" * 100)


def nothing() -> None:
    """A task that was in time, and then no other."""
    task_postrun.send(sender=None)
    time.sleep(2.5)


if __name__ == "__main__":
    timelimits.enforce()
    task_prerun.send(sender=None)
    globals()[sys.argv[1]]()
