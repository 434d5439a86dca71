"""The load: wrk posts one picture as a form's file, over keep-alive connections, and says how long each took."""

import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

BOUNDARY = "digits-benchmark"
SCRIPT = Path(__file__).with_name("post.lua")


@dataclass(frozen=True, slots=True)
class Load:
    """One run of wrk: requests answered, those not answered 2xx, requests a second, latencies in milliseconds."""

    requests: int
    errors: int
    per_second: float
    p50: float
    p95: float
    p99: float


def form_file(field: str, picture: bytes) -> bytes:
    """A multipart/form-data body with the picture as its one part."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="digit.png"\r\n'
    return head.encode() + b"Content-Type: image/png\r\n\r\n" + picture + f"\r\n--{BOUNDARY}--\r\n".encode()


def post(url: str, field: str, picture: bytes, *, concurrency: int, seconds: float) -> Load:
    """Post the picture over `concurrency` connections for `seconds`.

    Raises:
        subprocess.CalledProcessError: wrk could not reach the service.
    """
    with tempfile.NamedTemporaryFile() as body:
        body.write(form_file(field, picture))
        body.flush()
        threads = min(2, concurrency)
        command = ["wrk", "-t", str(threads), "-c", str(concurrency), "-d", f"{seconds:g}s", "--timeout", "30s"]
        command += ["-s", str(SCRIPT), url, "--", body.name, BOUNDARY]
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return Load(**json.loads(output.splitlines()[-1]))
