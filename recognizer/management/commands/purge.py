"""`manage.py purge`: erase what nobody reviewed within the retention time."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from recognizer import privacy


class Command(BaseCommand):
    """The scheduler does the same every hour; this is for the impatient, and for another age."""

    help = "Erase submissions that nobody reviewed within RETENTION_DAYS; reviewed ones stay."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days", type=int, default=settings.RETENTION_DAYS, help="another age than RETENTION_DAYS"
        )
        parser.add_argument("--dry-run", action="store_true", help="only say how many")

    def handle(self, *args: Any, **options: Any) -> None:
        days = options["days"]
        if days <= 0:
            self.stdout.write("Nothing expires: an age of 0 days or less keeps everything.")
        elif options["dry_run"]:
            self.stdout.write(f"{privacy.expired(days=days).count()} submissions are older than {days} days.")
        else:
            erased = 0
            while count := privacy.purge(days=days):
                erased += count
            self.stdout.write(f"Erased {erased} submissions older than {days} days.")
