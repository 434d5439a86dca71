"""`make run` for real, in copies of the project outside its own folder."""

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from digitsite import local
from tests.processes import ROOT
from tests.run.service import Service

LEFT_OUT = (".git", ".venv*", "var", "*_cache", "__pycache__", ".hypothesis", ".env", "node_modules")


@pytest.fixture(scope="session")
def make_copy(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A function that copies the project as it is now into a new folder, with the packages of this Python."""

    def copy(name: str) -> Path:
        target = tmp_path_factory.mktemp("copies") / name
        shutil.copytree(ROOT, target, ignore=shutil.ignore_patterns(*LEFT_OUT))
        (target / ".venv").symlink_to(sys.prefix)
        return target

    return copy


@pytest.fixture(scope="module")
def service(make_copy: Callable[[str], Path]) -> Iterator[Service]:
    """The running service, in a folder too deep for a unix socket, whose name has a space and a percent sign."""
    service = Service(make_copy("/".join(["a deep folder, 100%"] * 6)))
    service.start()
    service.wait_until_ready()
    yield service
    service.stop()
    shutil.rmtree(local.socket_dir(service.root / "var"))


@pytest.fixture
def fresh_service(make_copy: Callable[[str], Path]) -> Iterator[Service]:
    """A service that is not started yet, for one test."""
    service = Service(make_copy("digits"))
    yield service
    service.stop()
