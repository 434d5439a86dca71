"""install.sh: the environment is made once, kept up to date, and repaired."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import ROOT

SCRIPT = ROOT / "digitsite" / "run" / "install.sh"


def install(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run it for an environment that needs no package at all."""
    return subprocess.run(
        ["sh", SCRIPT, ".venv", "requirements.txt"],
        cwd=folder,
        env={**os.environ, "PYTHON": sys.executable, **environment},
        capture_output=True,
        text=True,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project without packages."""
    (tmp_path / "requirements.txt").write_text("# nothing\n")
    return tmp_path


def pretender(folder: Path, code: str) -> str:
    """A Python that runs this code before its own."""
    path = folder / "python"
    path.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{code}; exec(__import__(\'sys\').argv[1])" "$2"\n')
    path.chmod(0o755)
    return str(path)


def test_installs_once_again_after_a_change_and_from_scratch_after_a_kill(folder: Path) -> None:
    venv = folder / ".venv"
    assert "Making .venv" in install(folder).stdout
    (venv / "mark").touch()

    assert install(folder).stdout == ""

    (folder / "requirements.txt").write_text("# still nothing\n")
    assert "Installing" in install(folder).stdout
    assert (venv / "mark").exists()

    (venv / "installing").touch()
    assert "Making .venv" in install(folder).stdout
    assert not (venv / "mark").exists()
    assert install(folder).stdout == ""


def test_an_old_python(folder: Path) -> None:
    code = "import sys, platform; sys.version_info = (3, 9, 2); platform.python_version = lambda: '3.9.2'"
    old = pretender(folder, code)

    done = install(folder, PYTHON=old)

    assert done.returncode != 0
    assert done.stderr == (
        f"Python 3.11, 3.12 or 3.13 with its venv module is needed; {old} is 3.9.2. "
        "Install one, or name it: make run PYTHON=/path/to/python3.12\n"
    )


def test_a_missing_venv_module(folder: Path) -> None:
    bare = pretender(folder, "import sys; sys.modules['ensurepip'] = None")

    done = install(folder, PYTHON=bare)

    assert done.returncode != 0
    assert "lacks its venv module (on Debian and Ubuntu: sudo apt install python3." in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_no_python_at_all(folder: Path) -> None:
    done = install(folder, PYTHON=str(folder / "nowhere"))

    assert "venv module is needed; none was found. Install one" in done.stderr


def test_a_folder_in_the_way_is_left_alone(folder: Path) -> None:
    (folder / ".venv").mkdir()
    (folder / ".venv" / "letter.txt").write_text("dear")

    done = install(folder)

    assert "is in the way" in done.stderr
    assert (folder / ".venv" / "letter.txt").read_text() == "dear"
