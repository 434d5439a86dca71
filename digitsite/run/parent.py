"""The process that started this one: whether it still wants it to run."""

import os
import signal
from pathlib import Path


class Parent:
    """make, as a rule. Its end is ours, however it ended.

    A SIGTERM make passes on. A SIGINT sent to make alone (not typed, which reaches everybody at the terminal)
    it does not: it only stops catching it and waits for us, which on Linux can be seen in /proc.
    """

    def __init__(self) -> None:
        self.pid = os.getppid()
        self.status = Path(f"/proc/{self.pid}/status")
        self.is_make = self._field("Name") in ("make", "gmake") and self._catches_interrupt()

    def has_given_up(self) -> bool:
        """Whether the parent ended or was interrupted."""
        return os.getppid() != self.pid or (self.is_make and not self._catches_interrupt())

    def _catches_interrupt(self) -> bool:
        return bool(int(self._field("SigCgt") or "0", 16) >> (signal.SIGINT - 1) & 1)

    def _field(self, name: str) -> str:
        try:
            lines = self.status.read_text().splitlines()
        except OSError:
            return ""
        return next((line.split(":")[1].strip() for line in lines if line.startswith(f"{name}:")), "")
