"""`make run` as a child process, seen as the person at the terminal and a client see it."""

import http.client
import json
import os
import signal
import subprocess
from pathlib import Path

from tests.processes import free_port, wait_until

KEPT_ENVIRONMENT = ("HOME", "PATH", "LANG", "TMPDIR")


class Service:
    """The service in `root`; every process of it has that folder as its working directory."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.port = free_port()
        self.log = root.parent / f"{root.name}.out"
        self.make: subprocess.Popen[bytes] | None = None

    def environment(self, **more: str) -> dict[str, str]:
        """What a plain login shell would have, and the port."""
        kept = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
        # One worker, however many cores there are, unless a file says something: what is left is for the tests.
        workers = {} if (self.root / ".env").exists() else {"WORKER_CONCURRENCY": "1"}
        return {**kept, "PORT": str(self.port), **workers, **more}

    def start(self, **environment: str) -> None:
        """`make run`, in a session of its own like a terminal's."""
        # Under nohup or in a shell's background the tests ignore these, and children inherit that.
        inherited = {number: signal.signal(number, signal.SIG_DFL) for number in (signal.SIGHUP, signal.SIGINT)}
        try:
            with self.log.open("wb") as log:
                self.make = subprocess.Popen(
                    ["make", "run"],
                    cwd=self.root,
                    env=self.environment(**environment),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
        finally:
            for number, handler in inherited.items():
                signal.signal(number, handler)

    def output(self) -> str:
        """What the terminal shows."""
        return self.log.read_text()

    def wait_for_line(self, text: str) -> None:
        """Until the terminal shows the text."""
        wait_until(lambda: text in self.output() or self.has_ended(), what=f"{text!r} at the terminal", timeout=400)
        assert text in self.output(), self.output()

    def wait_until_ready(self) -> None:
        """Until the URL is shown."""
        self.wait_for_line(f"Ready: http://127.0.0.1:{self.port}")

    def has_ended(self) -> bool:
        """Whether make has returned to the shell."""
        return self.make is None or self.make.poll() is not None

    def wait_until_ended(self) -> None:
        """Until make has returned to the shell."""
        wait_until(self.has_ended, what="the end of make run", timeout=90)

    def stop(self) -> None:
        """Ctrl-C, as the terminal sends it: to make and to what make started."""
        if self.make is not None and self.make.poll() is None:
            os.killpg(self.make.pid, signal.SIGINT)
        self.wait_until_ended()

    def pids(self, *words: str) -> set[int]:
        """The processes whose working directory is the service's and whose command line has all the words."""
        found = set()
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                command = (entry / "cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
                if (entry / "cwd").readlink().is_relative_to(self.root) and all(word in command for word in words):
                    found.add(int(entry.name))
            except OSError:
                continue  # it has just ended
        return found

    def manage(self, *arguments: str) -> str:
        """What `manage.py` prints, run in another terminal."""
        command = [".venv/bin/python", "manage.py", *arguments]
        return subprocess.run(
            command, cwd=self.root, env=self.environment(), check=True, capture_output=True, text=True
        ).stdout

    def request(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, dict[str, object]]:
        """The status and the JSON of one request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body or None, {k.replace("_", "-"): v for k, v in headers.items()})
            response = connection.getresponse()
            return response.status, json.loads(response.read() or b"{}")
        finally:
            connection.close()

    def read_png(self, png: bytes, **headers: str) -> tuple[int, dict[str, object]]:
        """Send the picture as a program would."""
        return self.request("POST", "/api/v1/predictions/", png, Content_Type="image/png", **headers)

    def answers(self) -> bool:
        """Whether /readyz is green."""
        try:
            return self.request("GET", "/readyz")[0] == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
