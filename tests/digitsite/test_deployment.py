"""What the files for operators name exists: roles, settings, and the folder of the secrets."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from digitsite.run.role import ROLES
from tests.digitsite.test_env_example import SECRETS, read_by_settings
from tests.processes import ROOT

UNITS = sorted((ROOT / "docs" / "deployment" / "systemd").glob("*.service"))
DIGITS_ENV = ROOT / "docs" / "deployment" / "digits.env"
KNOWN = read_by_settings() | {f"{name}_FILE" for name in SECRETS}


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    """The services of compose.yaml that run our image."""
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return {name: service for name, service in compose["services"].items() if "build" in service}


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_starts_a_role(unit: Path) -> None:
    started = re.findall(r"^ExecStart=\S+/python -m digitsite\.run (\S+)$", unit.read_text(), re.MULTILINE)

    assert len(started) == 1
    assert started[0] in ROLES


def test_what_wants_the_units_at_boot_is_enabled() -> None:
    folder, guide = ROOT / "docs" / "deployment" / "systemd", (ROOT / "docs" / "deployment.md").read_text()
    wanting = {name for unit in UNITS for name in re.findall(r"^WantedBy=(\S+)$", unit.read_text(), re.MULTILINE)}

    assert wanting
    assert all(f"systemctl enable {name}" in guide for name in wanting if (folder / name).exists())


def test_each_role_has_a_container(services: dict[str, Any]) -> None:
    assert sorted(service["command"] for service in services.values()) == sorted([role] for role in ROLES)


def test_settings_in_the_files_are_settings(services: dict[str, Any]) -> None:
    in_file = re.findall(r"^#?([A-Z_]+)=", DIGITS_ENV.read_text(), re.MULTILINE)
    in_containers = {name for service in services.values() for name in service["environment"]}

    assert in_file
    assert {*in_file, *in_containers} <= KNOWN


def test_each_container_gets_the_secrets_that_it_is_pointed_to(services: dict[str, Any]) -> None:
    for service in services.values():
        pointed = [value for name, value in service["environment"].items() if name.endswith("_FILE")]
        assert pointed == [f"/run/secrets/{secret}" for secret in service["secrets"]]
