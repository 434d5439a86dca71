"""The service from its start to its stop, as the person at the terminal sees it."""

import contextlib
import http.client
import signal
import time

from django.conf import settings

from digitsite.run import StartError
from digitsite.run.parent import Parent
from digitsite.run.supervision import Supervisor

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 (an address to ask, not to listen on)
PATIENCE_SECONDS = 20


def url() -> str:
    """Where a browser on this machine finds the page."""
    host = EVERYWHERE.get(settings.HOST, settings.HOST)
    return f"http://[{host}]:{settings.PORT}" if ":" in host else f"http://{host}:{settings.PORT}"


def ask(path: str) -> tuple[int, str]:
    """The web server's status and body at this path; status 0 while nothing answers."""
    connection = http.client.HTTPConnection(EVERYWHERE.get(settings.HOST, settings.HOST), settings.PORT, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": settings.ALLOWED_HOSTS[0].strip(".*") or "localhost"})
        response = connection.getresponse()
        return response.status, response.read().decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return 0, "nothing answers yet"
    finally:
        connection.close()


def run() -> None:
    """Start, report, and stop on SIGINT, SIGTERM, SIGHUP or with the parent. Raises StartError."""
    signals = collect_signals()
    parent = Parent()
    supervisor = Supervisor()
    say(f"Starting {', '.join(supervisor.programs)}")
    try:
        watch = Watch(supervisor)
        while not (signals or parent.has_given_up()):
            watch.look()
            time.sleep(0.1)
    finally:
        say("Stopping")
        supervisor.stop()
    say("Stopped")


def collect_signals() -> list[int]:
    """A list that grows with each signal that asks to stop. Under nohup a hang-up does not ask that."""
    received: list[int] = []
    under_nohup = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    for number in (signal.SIGINT, signal.SIGTERM, *(() if under_nohup else (signal.SIGHUP,))):
        signal.signal(number, lambda number, frame: received.append(number))
    return received


class Watch:
    """Tells of every change once."""

    def __init__(self, supervisor: Supervisor) -> None:
        self.supervisor = supervisor
        self.is_ready = False
        self.impatient_at = time.monotonic() + PATIENCE_SECONDS

    def look(self) -> None:
        """Report what changed. Raises StartError when there is no hope that it will ever be ready."""
        if not self.supervisor.is_running():
            raise StartError("supervisord ended; see var/log/supervisor.log")
        for name in self.supervisor.restarted():
            self.tell_of_restart(name)
        if not self.is_ready:
            self.ask()

    def tell_of_restart(self, name: str) -> None:
        """A process that ends before all is ready has a reason that its log tells."""
        say(f"{name} ended and was started again (var/log/{name}.log)")
        if self.is_ready:
            return
        say(self.supervisor.tail(name))
        if self.supervisor.is_hopeless(name):
            raise StartError(f"{name} ends each time it is started: its log above says why.")

    def ask(self) -> None:
        """Look at /readyz; say the URL when it is green, and after a while what it waits for."""
        status, body = ask("/readyz")
        if status == http.client.OK:
            self.is_ready = True
            say(f"Ready: {url()}  (Ctrl-C stops it; logs are in var/log/)")
        elif time.monotonic() > self.impatient_at:
            self.impatient_at += PATIENCE_SECONDS
            say(f"Still waiting: /readyz says {body} (var/log/ may tell why)")


def say(line: str) -> None:
    """One line to the terminal, at once; a terminal that was closed keeps nothing from stopping in order."""
    with contextlib.suppress(OSError):
        print(line, flush=True)
