"""`manage.py models list | register FILE | compare VERSION | promote VERSION | rollback | shadow VERSION`"""

import getpass
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from recognizer import registry, retraining
from recognizer.registry import RegistryError
from recognizer.versions import Deployment, ModelVersion, Retraining, Role, Source, State

SHADOW_OFF = "off"
WHEN = "%Y-%m-%d %H:%M"
HISTORY_LENGTH = 10


class Command(BaseCommand):
    """What workers use follows within seconds; nothing is restarted."""

    help = "List model versions, choose the one that answers or the one that reads along, or go back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One action, each with what it needs."""
        parser.add_argument("--by", default=getpass.getuser(), help="who does it, for the history (default: you)")
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("list", help="all versions, what was live when, the retraining under way")
        file = actions.add_parser("register", help="make a model known that was trained elsewhere")
        file.add_argument("file", type=Path, help="the .keras file; its card lies beside it")
        compare = actions.add_parser("compare", help="measure a version beside the live one")
        compare.add_argument("version")
        compare.add_argument("--data", type=Path, help="mnist.npz (default: DIGITS_MNIST, else Keras downloads it)")
        promote = actions.add_parser("promote", help="let a version answer")
        promote.add_argument("version")
        promote.add_argument("--force", metavar="REASON", default="", help="though it did not pass the gate")
        rollback = actions.add_parser("rollback", help="let the version answer that was live before")
        rollback.add_argument("--reason", default="", help="for the history")
        shadow = actions.add_parser("shadow", help="let a version read along, unseen, when workers are idle")
        shadow.add_argument("version", help=f"or {SHADOW_OFF!r}")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say what was done; nothing changes when it cannot be done."""
        try:
            registry.adopt_shipped()
            getattr(self, f"_{options['action']}")(options)
        except RegistryError as error:
            raise CommandError(str(error)) from error

    def _list(self, options: dict[str, Any]) -> None:
        roles = {version.id: role for role, version in registry.deployed().items()}
        for version in ModelVersion.objects.all():
            role = roles.get(version.id, "")
            registered = timezone.localtime(version.registered_at)
            self.stdout.write(
                f"{role:6}  {version.version:32}  {version.get_source_display():9}  {registered:{WHEN}}  "
                f"{self._standing(version)}"
            )
        self._write_history()
        self._write_retraining()

    def _standing(self, version: ModelVersion) -> str:
        try:
            registry.check(version)
        except RegistryError as error:
            return str(error)
        return version.gate["sentence"] if version.gate else ""

    def _write_history(self) -> None:
        self.stdout.write("\nWhat was live:")
        for row in Deployment.objects.filter(role=Role.LIVE).select_related("model_version")[:HISTORY_LENGTH]:
            ended = f"{timezone.localtime(row.ended_at):{WHEN}}" if row.ended_at else "now"
            who = f" by {row.by}" if row.by else ""
            why = f": {row.reason}" if row.reason else ""
            self.stdout.write(
                f"  {timezone.localtime(row.began_at):{WHEN}} to {ended:16}  {row.model_version}  "
                f"({row.get_action_display().lower()}{who}{why})"
            )

    def _write_retraining(self) -> None:
        last = Retraining.objects.first()
        if last is None:
            return
        state = "Stopped" if last.is_silent else last.get_state_display()
        advice = " `manage.py retrain` with the same options goes on from there." if last.is_silent else ""
        heard = timezone.localtime(last.heard_at)
        ending = f" ({heard:{WHEN}})" if last.state != State.RUNNING or last.is_silent else ""
        self.stdout.write(f"\nRetraining: {state}{ending}. {last.progress}{advice}")

    def _register(self, options: dict[str, Any]) -> None:
        version = registry.register(options["file"], source=Source.FILE)
        self.stdout.write(f"{version} is registered. Next: manage.py models compare {version}")

    def _compare(self, options: dict[str, Any]) -> None:
        from ml.data import DataError

        version = registry.find(options["version"])
        if version == registry.current(Role.LIVE):
            raise RegistryError(f"{version} is the live version itself.")
        try:
            verdict = retraining.judge(version, data=options["data"])
        except DataError as error:
            raise CommandError(str(error)) from error
        for figure in verdict.comparisons:
            self.stdout.write(f"  {figure}{'  worse' * figure.is_worse}")
        self.stdout.write(verdict.sentence)

    def _promote(self, options: dict[str, Any]) -> None:
        version = registry.promote(options["version"], by=options["by"], insisting=options["force"])
        self.stdout.write(f"{version} is live: workers use it within seconds.")

    def _rollback(self, options: dict[str, Any]) -> None:
        version = registry.rollback(by=options["by"], reason=options["reason"])
        self.stdout.write(f"{version} is live again: workers use it within seconds.")

    def _shadow(self, options: dict[str, Any]) -> None:
        name = None if options["version"] == SHADOW_OFF else options["version"]
        version = registry.set_shadow(name, by=options["by"])
        self.stdout.write(f"{version} reads along when workers are idle." if version else "No version reads along.")
