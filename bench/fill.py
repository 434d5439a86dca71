"""Fills the configured database with made-up submissions, to see the review desk at any size.

    python -m bench.fill --rows 1000000 --days 90

Pictures are small real PNG files of digits drawn with a pen; readings, latencies, feedback and labels are drawn
at random with the shares that a running service has: a tenth refused, a fiftieth labelled, confident ones mostly
right. Beyond BASE rows the database copies what is there, under other ids and at other times, which takes minutes
instead of hours. Never run it on a database that holds anything real.
"""

import argparse
import base64
import io
import os
import random
import sys
import time
import uuid
from datetime import datetime, timedelta
from typing import Any

import django
from PIL import Image, ImageDraw, ImageFont, ImageOps

from ml.preprocessing import PREPROCESSING_VERSION

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "digitsite.settings")
CHUNK = 2000
BASE = 20_000
# Ids of made rows begin with this byte; a copy's id begins with its number instead.
ORIGINAL = 0xFF
PICTURES = 400
# A fifth of what the API was sent is this user's, whose list `bench.review` asks for.
OWNER = 1_000_000_000
REASONS = ["ambiguous", "not_a_digit", "too_faint", "too_many", "blank"]


def picture(rng: random.Random, text: str) -> tuple[bytes, int, int, list[list[int]]]:
    """A PNG of the digits, its width and height, and a box for each digit."""
    side = 120
    image = Image.new("L", (side * len(text), side), 255)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(rng.randint(70, 105))
    boxes = []
    for index, digit in enumerate(text):
        place = (side * (index + 0.5) + rng.randint(-8, 8), side / 2 + rng.randint(-8, 8))
        draw.text(place, digit, fill=rng.randint(0, 90), font=font, anchor="mm", stroke_width=rng.randint(0, 3))
        left, top, right, bottom = draw.textbbox(place, digit, font=font, anchor="mm")
        boxes.append([int(left), int(top), int(right - left), int(bottom - top)])
    return png(image), image.width, image.height, boxes


def preview(data: bytes, box: list[int]) -> str:
    """One digit as a model sees it: 28 x 28, ink white; as base64 text."""
    left, top, width, height = box
    crop = ImageOps.invert(Image.open(io.BytesIO(data))).crop((left, top, left + width, top + height))
    centred, small = Image.new("L", (28, 28)), ImageOps.contain(crop, (20, 20))
    centred.paste(small, ((28 - small.width) // 2, (28 - small.height) // 2))
    return base64.b64encode(png(centred)).decode()


def png(image: Image.Image) -> bytes:
    """The picture as a file."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def digit(rng: random.Random, figure: str, confidence: float, box: list[int], seen: str) -> dict[str, Any]:
    """One digit of a stored prediction."""
    rest = (1 - confidence) / 9
    probabilities = [round(confidence if str(n) == figure else rest, 6) for n in range(10)]
    return {
        "digit": int(figure),
        "confidence": round(confidence, 6),
        "probabilities": probabilities,
        "box": box,
        "touching": rng.random() < 0.02,
        "preview": seen,
    }


def gallery(rng: random.Random) -> list[dict[str, Any]]:
    """The pictures that the rows share, each with what it shows."""
    shown = []
    for _ in range(PICTURES):
        text = "".join(rng.choices("0123456789", k=rng.choices([1, 2, 3, 5], [70, 12, 12, 6])[0]))
        data, width, height, boxes = picture(rng, text)
        previews = [preview(data, box) for box in boxes]
        shown.append(
            {"text": text, "image": data, "width": width, "height": height, "boxes": boxes, "previews": previews}
        )
    return shown


class Filler:
    """Makes rows one after the other."""

    def __init__(self, rng: random.Random, newest: datetime, days: int) -> None:
        from recognizer import models, tokens, usefulness

        self.rng, self.newest, self.seconds = rng, newest, days * 86400
        self.owner = tokens.client_of(OWNER)
        self.models, self.usefulness = models, usefulness
        self.gallery = gallery(rng)

    def rows(self) -> tuple[Any, Any, list[Any]]:
        """A submission, its reading (None when it failed) and its feedback."""
        rng, shown = self.rng, self.rng.choice(self.gallery)
        received = self.newest - timedelta(seconds=rng.random() * self.seconds)
        channel = rng.choices(["web", "api", "telegram"], [60, 30, 10])[0]
        is_owners = channel == "api" and rng.random() < 0.2
        submission = self.models.Submission(
            id=uuid.UUID(int=ORIGINAL << 120 | rng.getrandbits(120)),
            channel=channel,
            client=self.owner if is_owners else f"client-{rng.randrange(20000)}",
            status="done",
            width=shown["width"],
            height=shown["height"],
            created_at=received,
            finished_at=received + timedelta(milliseconds=rng.lognormvariate(2.5, 0.9)),
            image_format="png",
            image=shown["image"],
        )
        if rng.random() < 0.004:
            submission.status, submission.error_code = "failed", "unreadable_image"
            return submission, None, []
        reading = self.reading(submission, shown)
        submission.answer, submission.refusal = reading.text, reading.reason
        submission.usefulness = self.usefulness.of_prediction(reading)
        hints = self.hints(submission, reading, shown["text"])
        self.label(submission, shown["text"])
        return submission, reading, hints

    def reading(self, submission: Any, shown: dict[str, Any]) -> Any:
        """What a model of two versions, the newer a little better, would read."""
        rng = self.rng
        newer = (self.newest - submission.created_at).total_seconds() < self.seconds / 3
        confidence = min(0.9999, rng.betavariate(14 if newer else 10, 0.4))
        right = rng.random() < 0.3 + 0.7 * confidence
        text = "".join(f if right or rng.random() < 0.5 else rng.choice("0123456789") for f in shown["text"])
        refused = confidence < 0.6 or rng.random() < 0.05
        places = zip(text, shown["boxes"], shown["previews"], strict=True)
        stored = [digit(rng, f, confidence, box, seen) for f, box, seen in places]
        return self.models.Prediction(
            submission=submission,
            text=text,
            confidence=confidence,
            accepted=not refused,
            reason=rng.choices(REASONS, [5, 3, 1, 0.5, 1])[0] if refused else "",
            digits=stored,
            model_version="2026.11-b" if newer else "2026.09-a",
            model_sha256=("b" if newer else "a") * 64,
            preprocessing_version=PREPROCESSING_VERSION,
            created_at=submission.finished_at,
        )

    def hints(self, submission: Any, reading: Any, truth: str) -> list[Any]:
        """A sender in thirty says what it shows."""
        if self.rng.random() > 0.03:
            return []
        label = truth if self.rng.random() < 0.8 else self.rng.choice("0123456789")
        hint = self.models.Feedback(
            submission=submission, client=submission.client, label=label, created_at=submission.finished_at
        )
        submission.usefulness += self.usefulness.disagrees(hint, reading)
        return [hint]

    def label(self, submission: Any, truth: str) -> None:
        """One in fifty is reviewed, the useful ones four times as often."""
        if self.rng.random() < (0.08 if submission.usefulness > 0.4 else 0.02):
            submission.label = "" if self.rng.random() < 0.05 else truth
            submission.labelled_at, submission.usefulness = submission.finished_at + timedelta(hours=5), None


def fill(rows: int, days: int, seed: int) -> None:
    """Insert so many submissions that came in over so many days until now."""
    from django.utils import timezone

    started, base = time.monotonic(), min(rows, BASE)
    filler = Filler(random.Random(seed), timezone.now(), days)
    for start in range(0, base, CHUNK):
        make(filler, min(CHUNK, base - start))
    copies = rows // base - 1
    if copies >= ORIGINAL:
        raise SystemExit(f"At most {ORIGINAL * BASE:,} rows.")
    for number in range(copies):
        copy(number)
        print(f"\r{(number + 2) * base:,} of {rows:,} rows", end="", file=sys.stderr, flush=True)
    print(f"\nFilled in {time.monotonic() - started:.0f} s", file=sys.stderr)


def make(filler: Filler, rows: int) -> None:
    """Insert so many rows with their readings and feedback."""
    from django.db import transaction

    models, made = filler.models, [filler.rows() for _ in range(rows)]
    with transaction.atomic():
        models.Submission.objects.bulk_create([submission for submission, _, _ in made])
        models.Prediction.objects.bulk_create([reading for _, reading, _ in made if reading])
        models.Feedback.objects.bulk_create([hint for _, _, hints in made for hint in hints])


def copy(number: int) -> None:
    """Have the database copy every made row, received some minutes earlier."""
    from django.db import connection, transaction

    from recognizer.models import Feedback, Prediction, Submission

    with transaction.atomic(), connection.cursor() as cursor:
        for model in (Submission, Prediction, Feedback):
            fields = [field for field in model._meta.concrete_fields if field.get_internal_type() != "BigAutoField"]
            columns = ", ".join(str(field.column) for field in fields)
            values = ", ".join(copied(field, number, connection.vendor) for field in fields)
            key = "id" if model is Submission else "submission_id"
            first = f"{ORIGINAL:02x}000000-0000-0000-0000-000000000000"
            first = f"'{first}'" if connection.vendor == "postgresql" else f"'{first.replace('-', '')}'"
            table = model._meta.db_table
            cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table} WHERE {key} >= {first}")


def copied(field: Any, number: int, vendor: str) -> str:
    """The SQL for a column's value in a copy: another id, another time, the same else."""
    column, minutes = field.column, (number + 1) * 7
    if column in ("id", "submission_id"):
        if vendor == "postgresql":
            return f"('{number:02x}' || substr(replace({column}::text, '-', ''), 3))::uuid"
        return f"'{number:02x}' || substr({column}, 3)"
    if field.get_internal_type() == "DateTimeField":
        if vendor == "postgresql":
            return f"{column} - interval '{minutes} minutes'"
        return f"strftime('%Y-%m-%d %H:%M:%f000', {column}, '-{minutes} minutes')"
    return str(column)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    django.setup()
    fill(options.rows, options.days, options.seed)
