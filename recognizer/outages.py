"""What is away for a while is told of twice in the log: when it goes, and when it is back."""

import logging

logger = logging.getLogger(__name__)


class Outage:
    """One thing that may be away, as one part of a process sees it.

    Args:
        what: what cannot be done meanwhile, what becomes of it, and whom to look after.
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._lasts = False

    def seen(self, error: Exception) -> None:
        """It is away, perhaps still."""
        if not self._lasts:
            self._lasts = True
            logger.warning("%s (%s: %s)", self._what, type(error).__name__, error)

    def over(self) -> None:
        """It is there, perhaps again."""
        if self._lasts:
            self._lasts = False
            logger.warning("Over: %s", self._what)
