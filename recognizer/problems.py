"""Errors of the HTTP API: every one of them is JSON problem details (RFC 9457)."""

import logging
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from ml.decoding import ImageError, ImageTooLarge, UnreadableImage, UnsupportedFormat

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
TITLES = {
    400: "Bad request",
    401: "Not authenticated",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    409: "Conflict",
    413: "Too large",
    415: "Unsupported format",
    422: "Unreadable picture",
    429: "Too many requests",
    500: "Internal error",
    503: "Not available",
}
IMAGE_STATUSES: dict[type[ImageError], int] = {
    UnsupportedFormat: status.HTTP_415_UNSUPPORTED_MEDIA_TYPE,
    ImageTooLarge: status.HTTP_413_REQUEST_ENTITY_TOO_LARGE,
    UnreadableImage: status.HTTP_422_UNPROCESSABLE_ENTITY,
}
FAILURE_DETAILS = {
    "unreadable_image": "The picture is damaged or cut short.",
    "gave_up": "Reading this picture failed several times; it is kept, but will not be tried again.",
}


class MissingImage(exceptions.APIException):
    """The request carries no picture where one is expected."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_code = "missing_image"


class TooLarge(exceptions.APIException):
    """The body is larger than the service takes."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "image_too_large"


class Unreadable(exceptions.APIException):
    """The worker could not read the picture."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "unreadable_image"


def problem(status_code: int, code: str, detail: str, **members: Any) -> dict[str, Any]:
    """The members of one problem."""
    title = TITLES.get(status_code, "Error")
    return {
        "type": "about:blank",
        "title": title,
        "status": status_code,
        "code": code,
        "detail": detail,
        **members,
    }


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's hook: a problem for what the client can mend, None (an error 500) for what it cannot."""
    described = _describe(error)
    if described is None:
        return None
    set_rollback()
    status_code, code, detail = described
    headers = {}
    if (wait := getattr(error, "wait", None)) is not None:
        headers["Retry-After"] = str(int(wait) + 1)
    if isinstance(error, exceptions.APIException) and (challenge := getattr(error, "auth_header", None)):
        headers["WWW-Authenticate"] = challenge
    body = problem(status_code, code, detail)
    if isinstance(error, exceptions.ValidationError):
        body["errors"] = error.detail
    return Response(body, status=status_code, headers=headers, content_type=CONTENT_TYPE)


def _describe(error: Exception) -> tuple[int, str, str] | None:
    """Status, code and sentence, or None for an error that is ours."""
    match error:
        case ImageError():
            return (
                IMAGE_STATUSES.get(type(error), status.HTTP_422_UNPROCESSABLE_ENTITY),
                error.code,
                str(error),
            )
        case RequestDataTooBig():
            return 413, "too_large", "The request body is larger than this service takes."
        case Http404():
            return 404, "not_found", "There is nothing under this address."
        case PermissionDenied():
            return 403, "forbidden", "You may not do this."
        case exceptions.ValidationError():
            return 400, "invalid", "The request is not as it should be; `errors` says where."
        case exceptions.APIException():
            return error.status_code, str(error.get_codes()), str(error.detail)
        case _:
            return None


def json_error(status_code: int, code: str, detail: str) -> JsonResponse:
    """A problem outside DRF."""
    return JsonResponse(problem(status_code, code, detail), status=status_code, content_type=CONTENT_TYPE)


def server_error(request: HttpRequest) -> JsonResponse:
    """Django's handler500: never an HTML page."""
    return json_error(500, "internal_error", "Something went wrong here; it has been logged.")
