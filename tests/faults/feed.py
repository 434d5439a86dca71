"""`python -m tests.faults.feed COUNT PID`: put so many pictures through the workers, and watch one of them.

Prints, at ten times on the way, how many were read and how many megabytes of memory the worker has.
"""

import sys
import time
from pathlib import Path

import django
from django.conf import settings

django.setup()

from recognizer import dispatch  # noqa: E402
from recognizer.models import Channel, Status, Submission  # noqa: E402
from recognizer.publishing import publish  # noqa: E402
from tests.pictures import STROKES, drawing, encoded  # noqa: E402

STEPS = 10
WAITING_TASKS = 20
ERASE_AFTER_TASKS = 100


def feed(count: int, worker: int) -> None:
    """Send them in tasks as the dispatcher would, and erase what was read, and first what others left there."""
    Submission.objects.all().delete()
    pictures = [(encoded(drawing(digit), kind), kind.lower()) for digit in STROKES for kind in ("PNG", "JPEG", "WEBP")]
    size, sent = settings.DISPATCH_BATCH_SIZE, 0
    for step in range(1, STEPS + 1):
        while sent < count * step / STEPS:
            send([pictures[(sent + number) % len(pictures)] for number in range(size)])
            sent += size
            while dispatch.queue_length() > WAITING_TASKS:
                time.sleep(0.01)
            if sent % (size * ERASE_AFTER_TASKS) == 0:
                erase_read()
        erase_read()
        print(sent, megabytes(worker), flush=True)


def erase_read() -> None:
    """Wait until all was read, and make room: the database may lie on a small disk."""
    while Submission.objects.filter(status=Status.QUEUED).exists():
        time.sleep(0.1)
    unread = list(Submission.objects.exclude(status=Status.DONE).values_list("error_code", "attempts"))
    assert not unread, unread
    Submission.objects.all().delete()


def send(pictures: list[tuple[bytes, str]]) -> None:
    """One task."""
    rows = Submission.objects.bulk_create(
        Submission(image=data, image_format=kind, width=280, height=280, channel=Channel.API)
        for data, kind in pictures
    )
    publish([str(row.id) for row in rows])


def megabytes(process: int) -> int:
    """Resident memory."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * 4096 // 2**20


if __name__ == "__main__":
    feed(int(sys.argv[1]), int(sys.argv[2]))
