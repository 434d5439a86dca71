"""`python -m digitsite.run.probe [PATH]`: whether this host's web server answers; a container's health check."""

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "digitsite.settings")

from digitsite.run.service import ask


def main(path: str = "/livez") -> int:
    """0 when it answers 200, else 1 and what it said."""
    status, body = ask(path)
    if status != 200:
        print(body, file=sys.stderr)
    return 0 if status == 200 else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
