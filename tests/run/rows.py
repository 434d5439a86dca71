"""`python -m tests.run.rows write`: store submissions that were read, until killed; `tell`: a line for each stored."""

import hashlib
import itertools
import sys

import django

django.setup()

from django.db import transaction  # noqa: E402

from recognizer.models import Submission  # noqa: E402
from tests import factories  # noqa: E402
from tests.pictures import STROKES, png  # noqa: E402


def write() -> None:
    """One after the other, each with its reading."""
    for digit in itertools.cycle(STROKES):
        with transaction.atomic():
            factories.prediction(factories.submission(image=png(digit)), digit)


def tell() -> None:
    """Its id, what its picture hashes to, and what was read."""
    for row in Submission.objects.prefetch_related("predictions"):
        print(row.id, hashlib.sha256(bytes(row.image)).hexdigest(), row.prediction and row.prediction.text)


if __name__ == "__main__":
    {"write": write, "tell": tell}[sys.argv[1]]()
