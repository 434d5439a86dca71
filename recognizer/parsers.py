"""How a picture arrives: one part of a form, a raw body, or a data URL in JSON; each becomes bytes."""

import base64
import binascii
from collections.abc import Mapping
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from rest_framework import exceptions
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.request import Request

from recognizer.problems import MissingImage, TooLarge

# A data URL carries four characters for three bytes; a form adds its part headers.
BODY_ALLOWANCE = 4 / 3
FORM_OVERHEAD_BYTES = 64 * 2**10


class ImageBodyParser(BaseParser):
    """The whole body is the picture. The declared image type does not matter: its content decides."""

    media_type = "image/*"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, bytes]:
        """Returns {"image": the body}."""
        return {"image": stream.read()}


class BoundedJSONParser(JSONParser):
    """JSON that is nested deeper than Python can follow is the sender's error, not ours."""

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The decoded value. Raises rest_framework.exceptions.ParseError."""
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise exceptions.ParseError("The JSON is nested too deeply.") from error


def refuse_large_body(request: Request, *, limit: int) -> None:
    """Look at Content-Length before a byte of the body is read.

    Raises:
        TooLarge: it says more than pictures of `limit` bytes together could need.
    """
    if int(request.META.get("CONTENT_LENGTH") or 0) > limit * BODY_ALLOWANCE + FORM_OVERHEAD_BYTES:
        raise TooLarge(f"What is sent may have at most {limit // 2**20} MB.")


def batch(request: Request, *, field: str) -> "list[UploadedFile[bytes]]":
    """The files of a form, in the order in which they were sent.

    Raises:
        MissingImage: there is none under this name.
    """
    files: list[UploadedFile[bytes]] = request.FILES.getlist(field)
    if not files:
        raise MissingImage(f'Send the pictures as form files, each named "{field}".')
    return files


def picture(request: Request, *, field: str) -> bytes:
    """The picture's bytes, however they were sent.

    Raises:
        MissingImage, rest_framework.exceptions.ParseError: no picture in the request, or a broken data URL.
    """
    if not isinstance(request.data, Mapping):
        raise MissingImage(f'Send a JSON object with the picture in "{field}".')
    if isinstance(request.data, QueryDict) and len(request.data.getlist(field)) > 1:
        raise exceptions.ParseError("One picture a request; several go to /api/v1/predictions/batch/.")
    value = request.data.get(field)
    if isinstance(value, UploadedFile):
        value = value.read()
    elif isinstance(value, str):
        value = _from_data_url(value)
    if not isinstance(value, bytes) or not value:
        raise MissingImage(
            f'No picture: send it as form file "{field}", as an image/* body, or as a data URL in JSON "{field}".'
        )
    return value


def _from_data_url(value: str) -> bytes:
    head, separator, payload = value.partition(",")
    if not separator or not head.startswith("data:image/") or not head.endswith(";base64"):
        raise exceptions.ParseError("The picture must be a data URL: data:image/png;base64,…")
    try:
        return base64.b64decode(payload, validate=True)
    except (binascii.Error, ValueError) as error:
        raise exceptions.ParseError("The data URL's base64 is broken.") from error
