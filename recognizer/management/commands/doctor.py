"""`manage.py doctor`"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from recognizer.doctor import examine


class Command(BaseCommand):
    """Looks at everything that the service needs, and says what to do."""

    help = "Look at settings, database, Redis, model, workers, scheduler, queue and files; say what to do."
    # It looks at these itself, and goes on after one that fails.
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """One line a finding; ends with status 1 when something is not well."""
        ill = 0
        for finding in examine():
            if finding.well:
                self.stdout.write(f"{self.style.SUCCESS('ok')}   {finding.what}")
                continue
            ill += 1
            self.stdout.write(f"{self.style.ERROR('BAD')}  {finding.what}")
            if finding.advice:
                self.stdout.write(f"     -> {finding.advice}")
        if ill:
            raise CommandError(f"{ill} of these need attention.")
