"""`manage.py export_labels FOLDER`"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from recognizer import exports, registry, serving
from recognizer.registry import RegistryError
from recognizer.versions import Role


class Command(BaseCommand):
    """What is erased later is taken out of the folder, too, as long as it stays where it is."""

    help = "Write all reviewed submissions to a folder: img/ with labels.csv, labels.npz, manifest.json."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to."""
        parser.add_argument("folder", type=Path, help="new, empty, or an earlier export, which is replaced")

    def handle(self, *args: Any, **options: Any) -> None:
        """Cut the digits out as the live version does, write, count."""
        try:
            registry.adopt_shipped()
            live = registry.current(Role.LIVE)
            assert live is not None, "adopted"
            written = exports.export(options["folder"], serving.load(live))
        except (RegistryError, exports.ExportError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Wrote {written['pictures']} pictures and {written['digits']} digits to {options['folder']}."
        )
