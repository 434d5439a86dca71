"""HTTP bodies as Bot API clients send them: urlencoded, multipart or JSON."""

from __future__ import annotations

import json
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

JSON = dict[str, Any]
Files = dict[str, bytes]


def parse_body(content_type: str, body: bytes) -> tuple[JSON, Files]:
    """Parameters, with JSON values decoded as Telegram decodes them, and the files among the parts."""
    if content_type.startswith("multipart/form-data"):
        fields, files = _multipart(content_type, body)
    elif content_type.startswith("application/json"):
        return json.loads(body or b"{}"), {}
    else:
        fields, files = dict(parse_qsl(body.decode(), keep_blank_values=True)), {}
    return {name: _value(name, text) for name, text in fields.items()}, files


def _multipart(content_type: str, body: bytes) -> tuple[dict[str, str], Files]:
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    fields: dict[str, str] = {}
    files: Files = {}
    for part in message.iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        data = _payload(part)
        if part.get_filename() is None:
            fields[name] = data.decode()
        else:
            files[name] = data
    return fields, files


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload


TEXT_FIELDS = {"text", "caption", "description", "short_description", "url", "secret_token", "label"}


def _value(name: str, text: str) -> Any:
    if name in TEXT_FIELDS:
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
