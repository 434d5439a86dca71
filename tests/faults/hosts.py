"""Hosts of a small network, each a network namespace with a link to one bridge; Linux, as root."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from types import TracebackType
from typing import Self

NAMES = ("web", "worker1", "worker2", "data")


def why_not() -> str:
    """Why this machine can have none; empty when it can."""
    if shutil.which("ip") is None:
        return "no `ip` (iproute2) on this machine"
    if os.geteuid() != 0:
        return "network namespaces need root"
    probe = f"digits-{os.getpid()}-probe"
    if subprocess.run(["ip", "netns", "add", probe], capture_output=True).returncode:
        return "network namespaces cannot be made here"
    _ip("netns", "delete", probe)
    return ""


class Network:
    """`with Network() as network:` four hosts, a bridge, and this process beside it, at its `.254`."""

    def __init__(self) -> None:
        self.mark = f"d{os.getpid() % 100_000}"
        self.bridge = f"{self.mark}br"
        self.subnet = f"10.{200 + os.getpid() % 50}.{os.getpid() // 50 % 250}"

    def namespace(self, name: str) -> str:
        """The name of a host's namespace."""
        return f"{self.mark}-{name}"

    def link(self, name: str) -> str:
        """The bridge's end of a host's cable."""
        return f"{self.mark}{NAMES.index(name)}"

    def address(self, name: str) -> str:
        """The address of a host."""
        return f"{self.subnet}.{1 + NAMES.index(name)}"

    def on(self, name: str) -> list[str]:
        """What makes a command run on this host, when it stands before it."""
        return ["ip", "netns", "exec", self.namespace(name)]

    def cut(self, name: str) -> None:
        """Pull the host's cable: nobody is told, packets just do not arrive."""
        _ip("link", "set", self.link(name), "down")

    def mend(self, name: str) -> None:
        """Plug it in again."""
        _ip("link", "set", self.link(name), "up")

    def __enter__(self) -> Self:
        _ip("link", "add", self.bridge, "type", "bridge")
        _ip("address", "add", f"{self.subnet}.254/24", "dev", self.bridge)
        _ip("link", "set", self.bridge, "up")
        for name in NAMES:
            self._add(name)
        return self

    def _add(self, name: str) -> None:
        space, link = self.namespace(name), self.link(name)
        _ip("netns", "add", space)
        _ip("link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", space)
        _ip("link", "set", link, "master", self.bridge, "up")
        _ip("-n", space, "address", "add", f"{self.address(name)}/24", "dev", "eth0")
        _ip("-n", space, "link", "set", "eth0", "up")
        _ip("-n", space, "link", "set", "lo", "up")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in NAMES:
            subprocess.run(["ip", "netns", "delete", self.namespace(name)], capture_output=True)
        subprocess.run(["ip", "link", "delete", self.bridge], capture_output=True)


def _ip(*arguments: str) -> None:
    command: Sequence[str] = ("ip", *arguments)
    subprocess.run(command, check=True, capture_output=True)
