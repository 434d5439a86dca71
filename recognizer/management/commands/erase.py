"""`manage.py erase`: erase one submission, or all that a client sent."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from recognizer import privacy
from recognizer.models import Channel


class Command(BaseCommand):
    """What people may ask for by law: all about them goes, reviewed or not."""

    help = (
        "Erase a submission (--id) or a client (--client): pictures, readings, feedback, what the bot knows of them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--id", type=UUID, help="a submission's id")
        which.add_argument("--client", help="a client as the list of submissions shows it")
        parser.add_argument("--channel", choices=Channel.values, help="only what the client sent this way")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["id"]:
            if not privacy.erase(submission_ids=[options["id"]]):
                raise CommandError("No submission has this id.")
            self.stdout.write("Erased 1 submission.")
            return
        try:
            gone = privacy.forget_client(client=options["client"], channel=options["channel"])
        except ValueError as error:
            raise CommandError(str(error)) from error
        submissions = f"{gone.submissions} submission{'s' * (gone.submissions != 1)}"
        self.stdout.write(f"Erased {submissions}, and {gone.hints} of the client's hints on those of others.")
        for sentence in gone.elsewhere:
            self.stdout.write(sentence)
