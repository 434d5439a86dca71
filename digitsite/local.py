"""What stands in where nothing is configured: a secret key in var/ and the address of a Redis server of our own."""

import hashlib
import os
import re
import secrets
from pathlib import Path

# A unix socket's path may have 107 bytes on Linux and 103 on macOS.
MAX_SOCKET_PATH = 103
LONGEST_SOCKET_NAME = "supervisor.sock.4194304"


def read_secret_key(var: Path) -> str:
    """The key that `make run` keeps in var/, empty when there is none yet."""
    path = var / "secret_key"
    return path.read_text(encoding="ascii").strip() if path.exists() else ""


def keep_secret_key(var: Path) -> None:
    """Make the key on the first start, readable by its owner only; later starts find it."""
    if read_secret_key(var):
        return
    fresh = var / f"secret_key.{os.getpid()}"
    fresh.touch(mode=0o600)
    fresh.write_text(secrets.token_urlsafe(64), encoding="ascii")
    fresh.replace(var / "secret_key")


def socket_dir(var: Path) -> Path:
    """Where the sockets lie: in var/, or in a short folder of ours when the path of var/ is too long or too odd.

    The answer depends on var/ and the user alone, so that every process, also a `manage.py` in another
    terminal, finds the same sockets.
    """
    is_plain = re.fullmatch(r"[\w/.-]+", str(var), re.ASCII) is not None
    if is_plain and len(str(var / LONGEST_SOCKET_NAME)) <= MAX_SOCKET_PATH:
        return var
    digest = hashlib.sha256(os.fsencode(var)).hexdigest()[:16]
    return Path(f"/tmp/digits-{os.getuid()}-{digest}")  # noqa: S108 (private: make_socket_dir)


def make_socket_dir(var: Path) -> None:
    """Make the sockets' folder. Raises PermissionError when somebody else could put a socket of theirs there."""
    folder = socket_dir(var)
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if folder != var and (folder.is_symlink() or status.st_uid != os.getuid() or status.st_mode & 0o077):
        raise PermissionError(f"{folder} is not a folder of yours alone; remove it and start again.")


def redis_socket(var: Path) -> Path:
    """The embedded Redis server's socket."""
    return socket_dir(var) / "valkey.sock"


def redis_url(var: Path) -> str:
    """The embedded Redis server's address, for redis-py and kombu."""
    return f"unix://{redis_socket(var)}"
