""".env.example names every variable that the settings and trainings read, with the default they really have."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

from tests.processes import ROOT

EXAMPLE = ROOT / ".env.example"
KEY = "a-key-for-one-test-" * 3
SECRETS = [
    *("SECRET_KEY", "SECRET_KEY_FALLBACKS", "DATABASE_URL", "REDIS_URL", "METRICS_TOKEN"),
    *("SENTRY_DSN", "TELEGRAM_BOT_TOKEN", "TELEGRAM_WEBHOOK_SECRET"),
]


def read_by_settings() -> set[str]:
    """The variables that settings.py and its parts ask for."""
    parts = [ast.parse((ROOT / "digitsite" / f"{part}.py").read_text()) for part in ("settings", "door", "rest")]
    found = set()
    for node in (node for part in parts for node in ast.walk(part)):
        match node:
            case ast.Call(func=ast.Name(id=function), args=[ast.Constant(value=str(name)), *_]):
                if function.startswith("env_"):
                    found.add(name)
    return found


def read_by_trainings() -> set[str]:
    """The variables that name files to learn from."""
    nodes = ast.walk(ast.parse((ROOT / "ml" / "data.py").read_text()))
    values = {node.value for node in nodes if isinstance(node, ast.Constant)}
    return {value for value in values if isinstance(value, str) and re.fullmatch("DIGITS_[A-Z]+", value)}


def example_lines() -> dict[str, str]:
    """Each variable of .env.example and the value it shows."""
    lines = [line.removeprefix("#") for line in EXAMPLE.read_text().splitlines() if not line.startswith("# ")]
    return dict(line.split("=", 1) for line in lines if line)


def settings_with(folder: Path, variables: dict[str, str]) -> str:
    """All settings, as a Python whose environment has only these variables computes them."""
    code = """
from digitsite import settings
for name in sorted(vars(settings)):
    if name.isupper():
        print(name, getattr(settings, name))
"""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "SECRET_KEY": KEY, **variables}
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_variable_is_in_the_example_and_no_other() -> None:
    assert set(example_lines()) == read_by_settings() | read_by_trainings()


def test_the_example_says_which_secrets_can_come_from_a_file() -> None:
    head = EXAMPLE.read_text().partition("\n\n")[0]

    assert [name for name in SECRETS if f"{name}_FILE" not in head] == []


def test_the_values_shown_change_nothing(tmp_path: Path) -> None:
    # These two default to what the machine has.
    shown = {name: value for name, value in example_lines().items() if not name.endswith("_CONCURRENCY")}
    shown["MODEL_PATH"] = str(ROOT / shown["MODEL_PATH"])
    shown = {name: value for name, value in shown.items() if value}

    assert settings_with(tmp_path, shown) == settings_with(tmp_path, {})


def test_a_secret_comes_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("12:from-a-file\n")

    said = settings_with(tmp_path, {"TELEGRAM_BOT_TOKEN_FILE": str(tmp_path / "token")})

    assert "TELEGRAM_BOT_TOKEN 12:from-a-file\n" in said
