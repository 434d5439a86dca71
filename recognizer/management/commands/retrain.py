"""`manage.py retrain`: teach the live version what reviewers found."""

import getpass
import subprocess
import sys
from argparse import ArgumentParser
from dataclasses import fields
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from recognizer import retraining
from recognizer.registry import RegistryError
from recognizer.retraining import Options
from recognizer.versions import Retraining


class Command(BaseCommand):
    """The candidate is only registered: `manage.py models promote` lets it answer."""

    help = "Train a candidate from the live version on MNIST and reviewed labels, and compare it with the live one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to learn from, for how long, and where to stay meanwhile."""
        from ml.data import add_data_options

        default = Options()
        add_data_options(parser)
        parser.add_argument("--epochs", type=int, default=default.epochs, help="(default: %(default)s)")
        parser.add_argument(
            "--limit", type=int, default=default.limit, help="examples an epoch, at most (default: %(default)s)"
        )
        parser.add_argument(
            "--pictures",
            choices=["none", "few", "drawn", "all"],
            default=default.pictures,
            help="pictures to make from MNIST and strokes (default: %(default)s)",
        )
        parser.add_argument("--background", action="store_true", help="return at once; see `manage.py models list`")
        parser.add_argument("--by", default=getpass.getuser(), help="who wants it (default: you)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Train here, or start a process of its own that does."""
        if options["epochs"] < 1 or options["limit"] < 1:
            raise CommandError("--epochs and --limit must be at least 1.")
        if options["background"]:
            self._start_process(options)
            return
        from ml.artifact import ArtifactError
        from ml.data import DataError

        wanted = Options(**{field.name: options[field.name] for field in fields(Options)})
        try:
            run = retraining.retrain(wanted, by=options["by"], report=self.stdout.write)
        except (RegistryError, ArtifactError, DataError, ValueError) as error:
            raise CommandError(str(error)) from error
        self._write_figures(run)

    def _write_figures(self, run: Retraining) -> None:
        assert run.candidate is not None and run.candidate.gate is not None, "done"
        for figure in run.candidate.gate["figures"]:
            live, candidate = figure["live"], figure["candidate"]
            self.stdout.write(
                f"  {figure['name']:45} {candidate['share']:8.2%}  (live {live['share']:.2%}, "
                f"95 %: {live['low']:.2%} to {live['high']:.2%}, of {live['of']}){'  worse' * figure['worse']}"
            )
        self.stdout.write(run.progress)
        if run.candidate.gate["passed"]:
            self.stdout.write(f"To let it answer: manage.py models promote {run.candidate}")
        else:
            self.stdout.write("It does not pass the gate; the live version stays.")

    def _start_process(self, options: dict[str, Any]) -> None:
        names = [*(field.name for field in fields(Options)), "by"]
        said = [f"--{name}={options[name]}" for name in names if options[name] is not None]
        command = ["nice", "-n", "10", sys.executable, str(settings.BASE_DIR / "manage.py"), "retrain", *said]
        log = retraining.folder() / "retrain.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True)
        self.stdout.write(f"Retraining in the background: `manage.py models list` says how far, {log} all it prints.")
