"""`make run`: install.sh installs; then web, workers, scheduler, bot and Redis run together until Ctrl-C."""


class StartError(Exception):
    """Why nothing was started: a sentence for the person who typed `make run`."""
