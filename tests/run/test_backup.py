"""The commands of docs/deployment.md for backup and restore, while the service writes."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.processes import ROOT, Process, wait_until

CHAPTER = (ROOT / "docs" / "deployment.md").read_text().partition("## Backup and restore")[2]
POSTGRESQL_BACKUP, POSTGRESQL_RESTORE, SQLITE_BACKUP, SQLITE_RESTORE = re.findall(
    r"```sh\n(.*?)```", CHAPTER.partition("\n## ")[0], re.DOTALL
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder as the commands find it: the program, its Python, a model and the secret key."""
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / "manage.py").symlink_to(ROOT / "manage.py")
    (tmp_path / "var" / "models").mkdir(parents=True)
    (tmp_path / "var" / "models" / "v2.keras").write_bytes(os.urandom(10_000))
    (tmp_path / "var" / "secret_key").write_text("secret")
    return tmp_path


@pytest.fixture
def sqlite(home: Path) -> dict[str, str]:
    """The settings of a service on SQLite."""
    return {"DATABASE_URL": f"sqlite:///{home / 'var' / 'db.sqlite3'}"}


@pytest.fixture
def postgresql(home: Path, postgres: str) -> Iterator[dict[str, str]]:
    """The settings of a service on PostgreSQL, and what its tools need to find the server."""
    if shutil.which("pg_dump") is None:
        pytest.skip("no pg_dump on this machine")
    name, server = f"digits_backup_{os.getpid()}", urlsplit(postgres)
    url = server._replace(path=f"/{name}").geturl()
    (home / "database_url").write_text(url)
    execute(postgres, f"CREATE DATABASE {name}")
    yield {
        "DATABASE_URL": url,
        "PGDATABASE": name,
        "PGHOST": server.hostname or "",
        "PGPORT": str(server.port),
        "PGUSER": server.username or "",
    }
    execute(postgres, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def execute(url: str, statement: str) -> None:
    """Outside of any transaction."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


def run(*command: str, cwd: Path, env: Mapping[str, str]) -> str:
    """To its end, which must be good; what it said."""
    done = subprocess.run(command, cwd=cwd, env={**os.environ, **env}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def rows(env: Mapping[str, str]) -> set[str]:
    """What is stored, picture and reading."""
    return set(run(sys.executable, "-m", "tests.run.rows", "tell", cwd=ROOT, env=env).splitlines())


def kept_through(backup: str, *, home: Path, env: Mapping[str, str]) -> tuple[set[str], set[str]]:
    """Make the backup while a process writes; what was stored when it began, and what in the end."""
    run(sys.executable, "manage.py", "migrate", "--verbosity", "0", cwd=ROOT, env=env)
    writer = Process([sys.executable, "-m", "tests.run.rows", "write"], log=home / "writer.log", env=env)
    writer.start()
    try:
        wait_until(lambda: len(rows(env)) > 20, what=f"rows to be written: {writer.output()}")
        before = rows(env)
        run("sh", "-ec", backup, cwd=home, env=env)
        written = len(rows(env))
        wait_until(lambda: len(rows(env)) > written, what="rows after the backup")
    finally:
        writer.kill()
    return before, rows(env)


def test_sqlite(home: Path, sqlite: dict[str, str]) -> None:
    model = (home / "var" / "models" / "v2.keras").read_bytes()
    before, after = kept_through(SQLITE_BACKUP, home=home, env=sqlite)

    (home / "var" / "db.sqlite3").write_bytes(b"destroyed")
    shutil.rmtree(home / "var" / "models")
    (home / "var" / "secret_key").unlink()
    run("sh", "-ec", SQLITE_RESTORE, cwd=home, env=sqlite)

    assert before <= rows(sqlite) < after
    assert (home / "var" / "models" / "v2.keras").read_bytes() == model
    assert (home / "var" / "secret_key").read_text() == "secret"


def test_postgresql(home: Path, postgres: str, postgresql: dict[str, str]) -> None:
    model, name = (home / "var" / "models" / "v2.keras").read_bytes(), postgresql["PGDATABASE"]
    before, after = kept_through(here(POSTGRESQL_BACKUP, home, name), home=home, env=postgresql)

    shutil.rmtree(home / "var" / "models")
    run("sh", "-ec", here(POSTGRESQL_RESTORE, home, name), cwd=home, env=postgresql)

    assert before <= rows(postgresql) < after
    assert (home / "var" / "models" / "v2.keras").read_bytes() == model


def here(commands: str, home: Path, name: str) -> str:
    """The commands with the places of this test, without a user and a whole service of their own."""
    changes = {
        "/etc/digits/secrets/database_url": str(home / "database_url"),
        "/var/lib/digits": str(home / "var"),
        "dropdb --if-exists digits": f"dropdb --if-exists {name}",
        "createdb --owner digits digits": f"createdb --owner postgres {name}",
        "runuser -u postgres -- ": "",
        "runuser -u digits -- ": "",
        "manage.py doctor": "manage.py migrate --check",
    }
    for documented, changed in changes.items():
        assert documented in POSTGRESQL_BACKUP + POSTGRESQL_RESTORE
        commands = commands.replace(documented, changed)
    return commands
