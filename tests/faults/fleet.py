"""The service as docs/deployment.md sets it up: nginx in front of two web hosts, two workers, PostgreSQL and Redis."""

import re
import shutil
import socket
import ssl
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.certificates import self_signed
from tests.faults.databases import Postgres
from tests.faults.load import Load
from tests.faults.service import Service
from tests.processes import ROOT, Process, free_port

HOST = "127.0.0.1"
SETTINGS = {
    "HTTPS": "1",
    "TRUSTED_PROXIES": HOST,
    # It grows by one in nine seconds: enough for all, and one request more or less shows.
    "RATE_LIMIT_ANONYMOUS": "10000/day",
}
ADOPT = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.execve(sys.argv[2], sys.argv[2:], {**os.environ, "LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"})
"""
FRAME = """
pid {folder}/nginx.pid;
user root;
events {{}}
http {{
    access_log off;
    {temporary}
    include {folder}/site.conf;
}}
"""


class Proxy(Process):
    """nginx with the file of the documentation: other addresses, another name, another certificate."""

    def __init__(self, folder: Path, upstreams: Sequence[tuple[str, int]]) -> None:
        program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin")
        if program is None:
            pytest.skip("no nginx on this machine")
        folder.mkdir()
        self.address, self.redirecting = (HOST, free_port()), (HOST, free_port())
        certificate = self_signed(folder, f"IP:{HOST}")
        self.tls = ssl.create_default_context(cafile=certificate)
        (folder / "site.conf").write_text(self._site(upstreams, certificate))
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temporary = "\n".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
        (folder / "nginx.conf").write_text(FRAME.format(folder=folder, temporary=temporary))
        options = ["-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr", "-g", "daemon off;"]
        super().__init__([program, *options], log=folder / "nginx.log")

    def _site(self, upstreams: Sequence[tuple[str, int]], certificate: Path) -> str:
        site = (ROOT / "docs" / "deployment" / "nginx.conf").read_text()
        servers = "".join(rf"    server {host}:{port}\g<options>" + "\n" for host, port in upstreams)
        changes = {
            r"    server 127\.0\.0\.1:8000(?P<options>.*)\n": servers,
            r"    listen \[::\].*\n": "",
            r"listen 80;": f"listen {self.redirecting[0]}:{self.redirecting[1]};",
            r"listen 443": f"listen {self.address[0]}:{self.address[1]}",
            r"(?<=ssl_certificate )[^;]+": str(certificate),
            r"(?<=ssl_certificate_key )[^;]+": str(certificate.with_name("key.pem")),
        }
        for pattern, replacement in changes.items():
            site, count = re.subn(pattern, replacement, site)
            assert count, f"{pattern} is not in nginx.conf"
        return site


class Fleet(Service):
    """By the commands of the units. The first web host's socket is kept open, as systemd does; the second's is not."""

    def __init__(self, folder: Path, database: Postgres) -> None:
        super().__init__(folder, database, redis_url=f"redis://{HOST}:{free_port()}/0")
        self.env |= SETTINGS
        self.socket = socket.create_server((HOST, 0), backlog=2048)
        addresses = [self.socket.getsockname(), (HOST, free_port())]
        self.address = addresses[0]
        self.webs = [self._activated(), self._web("web2", addresses[1])]
        self.web = self.webs[0]
        self.workers = [self._role(f"worker{number}", "worker") for number in (1, 2)]
        self.beat = self._role("scheduler", "scheduler")
        self.proxy = Proxy(folder / "nginx", addresses)
        self.addresses = addresses

    def _role(self, name: str, role: str, **env: str) -> Process:
        return self.process(name, [sys.executable, "-m", "digitsite.run", role], env)

    def _web(self, name: str, address: tuple[str, int]) -> Process:
        """Each host counts for itself, in a folder of its own."""
        (self.folder / name).mkdir()
        return self._role(name, "web", FAULTS_DIR=str(self.folder / name), HOST=address[0], PORT=str(address[1]))

    def _activated(self) -> Process:
        """With the socket as its third file, and told so, by the protocol of systemd."""
        web = self._web("web1", self.address)
        web.descriptors = [self.socket.fileno()]
        web.command = [sys.executable, "-c", ADOPT, str(self.socket.fileno()), *web.command]
        return web

    @property
    def processes(self) -> list[Process]:
        """In starting order."""
        return [self.redis, *self.workers, self.beat, *self.webs, self.proxy]

    def stop(self) -> None:
        """And nobody listens any more."""
        super().stop()
        self.socket.close()

    def load(self, *, users: int = 6) -> Load:
        """People in front of nginx."""
        return Load(self.proxy.address, users=users, tls=self.proxy.tls)
