"""Who may load what: checked on the running processes, since an import can hide in any function."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODEL_PACKAGES = {"tensorflow", "keras", "ai_edge_litert", "cv2", "scipy", "matplotlib"}
TRAINING_PACKAGES = {"tensorflow", "keras", "matplotlib"}


def loaded_by(code: str) -> set[str]:
    """The top-level packages in memory after the code ran in a Python of its own."""
    report = "\nimport sys; print('LOADED', *sorted({name.partition('.')[0] for name in sys.modules}))"
    command = [sys.executable, "-c", code + report]
    done = subprocess.run(command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.rpartition("LOADED ")[2].split())


def test_web_process_serves_its_pages_without_the_model_packages() -> None:
    code = """
import digitsite.wsgi
from django.urls import get_resolver
from django.test import Client
get_resolver().url_patterns
assert Client(headers={"host": "localhost"}).get("/livez").status_code == 200
assert Client(headers={"host": "localhost"}).get("/api/schema/").status_code == 200
"""

    loaded = loaded_by(code)

    assert "django" in loaded
    assert not loaded & MODEL_PACKAGES


def test_bot_process_builds_its_application_without_the_model_packages() -> None:
    code = """
import django; django.setup()
from django.conf import settings
from django.core.management import get_commands, load_command_class
load_command_class(get_commands()["runbot"], "runbot")
import telegram_integration.bot
"""

    loaded = loaded_by(code)

    assert "telegram" in loaded
    assert not loaded & MODEL_PACKAGES


def test_the_scheduler_does_not_load_the_model_packages() -> None:
    loaded = loaded_by("from digitsite.celery import app; app.loader.import_default_modules()")

    assert "celery" in loaded
    assert not loaded & MODEL_PACKAGES


def test_reading_loads_nothing_of_what_training_needs() -> None:
    code = """
from ml.artifact import SHIPPED_MODEL
from ml.inference import Picture, Recognizer
from tests.pictures import png
(reading,) = Recognizer.load(SHIPPED_MODEL).read([Picture(png("7"))])
assert reading.text == "7", reading
"""

    loaded = loaded_by(code)

    assert "ai_edge_litert" in loaded
    assert not loaded & TRAINING_PACKAGES


def test_ml_is_usable_without_django() -> None:
    code = """
import importlib, pkgutil, ml
for module in pkgutil.iter_modules(ml.__path__, "ml."):
    importlib.import_module(module.name)
"""

    loaded = loaded_by(code)

    assert "tensorflow" in loaded
    assert not loaded & {"django", "celery", "rest_framework", "recognizer", "telegram_integration", "digitsite"}


@pytest.mark.parametrize("forbidden", ["django", "celery"])
def test_a_forbidden_import_is_noticed(forbidden: str) -> None:
    assert forbidden in loaded_by(f"import {forbidden}")


def test_import_rules_hold() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


def test_every_package_is_under_the_import_rules() -> None:
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]

    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}

    assert packages - {"tests", "bench"} == set(rules["root_packages"])
