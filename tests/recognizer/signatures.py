"""What a receiver does: verify a webhook with nothing but its secret and the words of docs/api.md."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

from tests.recognizer.receivers import Request

TOLERANCE_SECONDS = 300


def verified(request: Request, secret: str) -> Any:
    """The JSON of a request that the secret signed just now. Raises ValueError for any other."""
    message_id, timestamp = request.headers["webhook-id"], request.headers["webhook-timestamp"]
    if abs(time.time() - int(timestamp)) > TOLERANCE_SECONDS:
        raise ValueError("too old")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.".encode() + request.body
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = request.headers["webhook-signature"].split(" ")
    if not any(hmac.compare_digest(expected, signature) for signature in given):
        raise ValueError("no signature of this secret")
    return json.loads(request.body)
