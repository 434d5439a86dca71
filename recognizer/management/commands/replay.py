"""`manage.py replay VERSION`: what would this version have read?"""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from recognizer import registry, replaying, serving
from recognizer.registry import RegistryError


def moment(text: str) -> datetime:
    """A date or a moment in ISO 8601, in the site's time zone unless it says another. Raises ValueError."""
    value = datetime.fromisoformat(text)
    return timezone.make_aware(value) if timezone.is_naive(value) else value


def positive(text: str) -> int:
    """A whole number from 1. Raises ValueError."""
    if (value := int(text)) < 1:
        raise ValueError
    return value


class Command(BaseCommand):
    """The answers that were given stay as they are."""

    help = "Let a version read stored submissions, the newest first, and compare it with the live answers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The version, and how far back."""
        parser.add_argument("version")
        parser.add_argument("--since", type=moment, help="only what came since then: 2026-11-22 or 2026-11-22T16:00")
        parser.add_argument("--limit", type=positive, help="at most so many, from 1")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, store, compare; what this version has read before is not read again."""
        try:
            version = registry.find(options["version"])
            model = serving.load(version)
        except RegistryError as error:
            raise CommandError(str(error)) from error
        ids = replaying.stored(since=options["since"], limit=options["limit"])
        for done in replaying.replay(model, ids):
            self.stderr.write(f"\r{done} of {len(ids)}", ending="")
        self.stderr.write("")
        for name, share in replaying.compare(version, ids).items():
            self.stdout.write(f"{name:42} {shown(share)}")


def shown(share: Any) -> str:
    """A share with what it is of and its 95 % interval."""
    if share is None:
        return "nothing to compare"
    return f"{share.share:7.2%}  {share.hits} of {share.total}  (95 %: {share.low:.2%} to {share.high:.2%})"
