"""`manage.py create_webhook OWNER URL`"""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from recognizer.outbox import announce_test
from recognizer.webhooks import MAX_URL_LENGTH, SUBSCRIBABLE, create_webhook


class Command(BaseCommand):
    """Makes a webhook and prints its secret, once."""

    help = "Tell a URL of every prediction that is made with a user's API tokens; print the secret, once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Owner and URL, events."""
        parser.add_argument("owner", help="the user whose tokens send the pictures")
        parser.add_argument("url", help=f"where to POST to, {MAX_URL_LENGTH} characters at most")
        parser.add_argument("--name", default="webhook", help="what it is for (default: %(default)s)")
        parser.add_argument("--event", action="append", choices=SUBSCRIBABLE, help="once for each; all without it")
        parser.add_argument("--test", action="store_true", help="send a test event at once")

    def handle(self, *args: Any, **options: Any) -> str:
        """The secret alone on standard output, so that a script can take it."""
        try:
            owner = User.objects.get_by_natural_key(options["owner"])
            events = " ".join(options["event"] or SUBSCRIBABLE)
            endpoint, secret = create_webhook(owner=owner, url=options["url"], name=options["name"], events=events)
        except User.DoesNotExist:
            raise CommandError(f"There is no user {options['owner']!r}; see manage.py createsuperuser.") from None
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        if options["test"]:
            announce_test(endpoint)
        self.stderr.write(f"Made webhook {endpoint.pk}. Keep its secret safe: it is shown only now.")
        return secret
