"""`manage.py create_api_token OWNER NAME`"""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from recognizer.tokens import Scope, create_token


class Command(BaseCommand):
    """Makes a token and prints it, once."""

    help = "Make an API token for a user and print it: it cannot be shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Owner and name, scopes, days of life."""
        parser.add_argument("owner", help="the user name of its owner")
        parser.add_argument("name", help="what it is for")
        parser.add_argument("--scope", action="append", choices=Scope.values, help="once for each; all without it")
        parser.add_argument("--days", type=int, help="after which it expires; never without it")

    def handle(self, *args: Any, **options: Any) -> str:
        """The token alone on standard output, so that a script can take it."""
        try:
            owner = User.objects.get_by_natural_key(options["owner"])
            expires_at = timezone.now() + timedelta(days=options["days"]) if options["days"] else None
            scopes = " ".join(options["scope"] or Scope.values)
            token, secret = create_token(owner=owner, name=options["name"], scopes=scopes, expires_at=expires_at)
        except User.DoesNotExist:
            raise CommandError(f"There is no user {options['owner']!r}; see manage.py createsuperuser.") from None
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stderr.write(f"Made {token}. Keep it safe: it is shown only now.")
        return secret
