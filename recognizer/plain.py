"""Plain requests: a picture and little else, as a program sends it. Everything else is declined, never refused.

What is read here needs no framework, which costs more than the rest of answering such a request. Whatever is unusual
or wrong, by a byte, is left to the views, which know what to say.
"""

import re
from dataclasses import dataclass

from django.http import HttpRequest, QueryDict

from recognizer.tokens import ApiToken

PATH = "/api/v1/predictions/"
REQUEST_LINE = re.compile(rf"POST {re.escape(PATH)}(?:\?([!\"$-~]{{0,4000}}))? HTTP/1\.1")
FIELD = re.compile(r"([A-Za-z0-9-]+):[ \t]*([\t\x20-\x7e]{0,8000})")
LENGTH = re.compile(r"[0-9]{1,18}")
# What may be said without changing anything but what is done about it here. Browsers say more.
KNOWN_FIELDS = {
    *("HOST", "CONNECTION", "CONTENT-LENGTH", "CONTENT-TYPE", "ACCEPT", "ACCEPT-ENCODING", "USER-AGENT"),
    *("AUTHORIZATION", "X-REQUEST-ID", "X-FORWARDED-FOR", "X-FORWARDED-PROTO"),
}
# Kinds and how much each is wanted; other parameters change how an answer is written.
KIND = r"[A-Za-z0-9.+*-]+/[A-Za-z0-9.+*-]+(?:;[ ]?q=[0-9.]+)?"
ACCEPTED = re.compile(rf"(?=.*(?:\*/\*|application/json)){KIND}(?:,[ ]?{KIND})*", re.IGNORECASE)
FORM = re.compile(r"multipart/form-data;[ \t]*boundary=([A-Za-z0-9'_+.-]{1,70})")
PICTURE = re.compile(r"image/[a-z.+-]+")
# The one part's head, as curl, browsers and the common libraries write it.
PART = re.compile(
    rb'Content-Disposition: form-data; name="image"; filename="\w[^"\r\n\\/]*"'
    rb"(?:\r\nContent-Type: image/[a-z.+-]+|\r\nContent-Type: application/octet-stream)?",
    re.IGNORECASE,
)


class PlainRequest(HttpRequest):
    """As much of a request as telling its sender and wishes takes. `auth`: the sender's token."""

    auth: ApiToken | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """What a plain request's head says: its fields by Django's names, and whether the connection is to be closed."""

    meta: dict[str, str]
    closes: bool

    def request(self) -> PlainRequest:
        """A new one each time, for what takes a request and may change it."""
        request = PlainRequest()
        request.method, request.path, request.path_info = "POST", PATH, PATH
        request.META = dict(self.meta)
        request.GET = QueryDict(self.meta["QUERY_STRING"])
        return request


def parse_head(head: bytes) -> Head | None:
    """The head of a plain request, its last empty line left off; None when it is anything else."""
    first, *lines = head.decode("latin-1").split("\r\n")
    asked = REQUEST_LINE.fullmatch(first)
    if not asked:
        return None
    fields: dict[str, str] = {}
    for line in lines:
        field = FIELD.fullmatch(line)
        name = field[1].upper() if field else ""
        if field is None or name not in KNOWN_FIELDS or name in fields:
            return None
        fields[name] = field[2].strip()
    connection = fields.pop("CONNECTION", "").lower()
    is_usual = "HOST" in fields and connection in ("", "keep-alive", "close")
    is_sized = LENGTH.fullmatch(fields.get("CONTENT-LENGTH", ""))
    if not is_usual or not is_sized or not ACCEPTED.fullmatch(fields.get("ACCEPT", "*/*")):
        return None
    meta = {f"HTTP_{name.replace('-', '_')}": value for name, value in fields.items()}
    meta["CONTENT_TYPE"] = meta.pop("HTTP_CONTENT_TYPE", "")
    meta["QUERY_STRING"] = asked[1] or ""
    return Head(meta, connection == "close")


def picture(content_type: str, body: bytes) -> bytes | None:
    """The picture in a body that is one, or is a form with one part; None when it is anything else."""
    if PICTURE.fullmatch(content_type):
        return body or None
    form = FORM.fullmatch(content_type)
    if not form:
        return None
    border = b"--" + form[1].encode()
    opening, ending = border + b"\r\n", b"\r\n" + border + b"--"
    start, end = body.find(b"\r\n\r\n"), body.find(b"\r\n" + border)
    rest = body[end:] if 0 <= start < end else b""
    is_one_part = body.startswith(opening) and rest in (ending, ending + b"\r\n")
    if not is_one_part or not PART.fullmatch(body[len(opening) : start]):
        return None
    return body[start + 4 : end] or None
