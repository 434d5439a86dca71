"""Management commands as an operator sees them."""

import io

from django.core.management import call_command


def run(command: str, *arguments: str) -> str:
    """What a management command prints as its answer; what it says of its progress is left out."""
    out = io.StringIO()
    call_command(command, *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()
