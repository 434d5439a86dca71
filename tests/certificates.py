"""Certificates for servers of the tests' own."""

import shutil
import subprocess
from pathlib import Path

import pytest


def self_signed(folder: Path, name: str) -> Path:
    """A certificate for this name, DNS:localhost or IP:127.0.0.1, its key beside it as key.pem."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl on this machine")
    subject = ("-subj", "/CN=localhost", "-addext", f"subjectAltName={name}")
    files = ("-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem"))
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject, *files]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "cert.pem"
