"""What stands in on a machine where nothing is configured: a secret key and a Redis server, both of this folder."""

import hashlib
import os
import secrets
from pathlib import Path
from urllib.parse import quote

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
    with fresh.open("w", encoding="ascii", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.write(secrets.token_urlsafe(64))
    fresh.replace(var / "secret_key")


def socket_dir(var: Path) -> Path:
    """Where the sockets lie: in var/, or in a short folder of our own when the path to var/ is too long for one.

    The answer depends on var/ and the user alone, so that every process, also a `manage.py` in another
    terminal, finds the same sockets.
    """
    if len(os.fsencode(var / LONGEST_SOCKET_NAME)) <= MAX_SOCKET_PATH:
        return var
    digest = hashlib.sha256(os.fsencode(var)).hexdigest()[:16]
    return Path(f"/tmp/digits-{os.getuid()}-{digest}")  # noqa: S108 (private: see make_socket_dir)


def make_socket_dir(var: Path) -> Path:
    """The sockets' folder, made if need be. Raises PermissionError when somebody else could put sockets there."""
    path = socket_dir(var)
    path.mkdir(mode=0o700, exist_ok=True)
    status = path.lstat()
    if path != var and (status.st_uid != os.getuid() or status.st_mode & 0o077 or path.is_symlink()):
        raise PermissionError(f"{path} is not a folder of yours alone; remove it and start again.")
    return path


def redis_url(var: Path) -> str:
    """The embedded Redis server's address, for redis-py."""
    return f"unix://{quote(str(socket_dir(var) / 'valkey.sock'))}"
