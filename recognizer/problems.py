"""Errors of the HTTP API: every one of them is JSON problem details (RFC 9457)."""

import logging
import math
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.core.signals import got_request_exception
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from ml.decoding import ImageError, ImageTooLarge, UnreadableImage, UnsupportedFormat
from recognizer.metrics import REFUSALS
from recognizer.models import Submission

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
    422: "Cannot be processed",
    429: "Too many requests",
    500: "Internal error",
    503: "Not available",
}
STATUS_CODES = {
    400: "bad_request",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    500: "internal_error",
}
STATUS_DETAILS = {
    400: "The request is malformed, or not meant for this host.",
    403: "You may not do this.",
    404: "There is nothing under this address.",
    405: "This address does not take that method; `Allow` names those it takes.",
    413: "The request body is larger than this service takes.",
    500: "Something went wrong here; it has been logged.",
}
IMAGE_STATUSES: dict[type[ImageError], int] = {
    UnsupportedFormat: status.HTTP_415_UNSUPPORTED_MEDIA_TYPE,
    ImageTooLarge: status.HTTP_413_REQUEST_ENTITY_TOO_LARGE,
    UnreadableImage: status.HTTP_422_UNPROCESSABLE_ENTITY,
}
FAILURE_DETAILS = {
    "unreadable_image": "The picture is damaged or cut short.",
    "model_failed": "The model failed at this picture, through no fault of yours; the picture is kept.",
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


def failure(submission: Submission) -> dict[str, Any]:
    """The problem of a submission that could not be read."""
    detail = FAILURE_DETAILS.get(submission.error_code, "The picture could not be read.")
    return problem(422, submission.error_code, detail, id=str(submission.id))


def exception_handler(error: Exception, context: dict[str, Any]) -> Response:
    """DRF's hook: every error becomes a problem."""
    set_rollback()
    request = context["request"]._request
    status_code, body, headers = refuse(error, f"{request.method} {request.resolver_match.view_name}")
    if status_code >= status.HTTP_500_INTERNAL_SERVER_ERROR:
        # What Django itself sends before it answers 500: error trackers and the test client listen to it.
        got_request_exception.send(sender=type(context["view"]), request=request)
    return Response(body, status=status_code, headers=headers, content_type=CONTENT_TYPE)


def refuse(error: Exception, request: str) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Status, problem and header fields for a request that ended so; what the client cannot mend is logged, once."""
    status_code, code, detail = describe(error)
    if status_code >= status.HTTP_500_INTERNAL_SERVER_ERROR:
        log(error, request)
    headers: dict[str, str] = dict(getattr(error, "headers", {}))
    if status_code == status.HTTP_503_SERVICE_UNAVAILABLE:
        headers["Retry-After"] = "1"
    if (wait := getattr(error, "wait", None)) is not None:
        headers["Retry-After"] = str(math.ceil(wait))
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    REFUSALS.labels(code).inc()
    body = problem(status_code, code, detail)
    if isinstance(error, exceptions.ValidationError):
        body["errors"] = error.detail
    return status_code, body, headers


def log(error: Exception, request: str) -> None:
    """A defect with its traceback; that the database is away, locked or full is no defect, and one line a request."""
    if isinstance(error, OperationalError):
        reason = str(error).partition("\n")[0]
        logger.error("%s was answered 503. Look after the database and its disk (%s)", request, reason)
    else:
        logger.error("%s failed", request, exc_info=error)


def describe(error: Exception) -> tuple[int, str, str]:
    """Status, code and sentence."""
    match error:
        case ImageError():
            return IMAGE_STATUSES.get(type(error), 422), error.code, str(error)
        case TooManyFilesSent() | TooManyFieldsSent():
            return 413, "too_many_parts", f"A form may have at most {settings.MAX_BATCH_PICTURES} pictures."
        case RequestDataTooBig():
            return 413, "too_large", "The request body is larger than this service takes."
        case Http404():
            return 404, "not_found", STATUS_DETAILS[404]
        case PermissionDenied():
            return 403, "forbidden", STATUS_DETAILS[403]
        case exceptions.ValidationError():
            return 400, "invalid", "The request is not as it should be; `errors` says where."
        case exceptions.APIException():
            return error.status_code, str(error.get_codes()), str(error.detail)
        case SuspiciousOperation():
            return 400, "bad_request", STATUS_DETAILS[400]
        case DatabaseError() | InterfaceError():
            return 503, "unavailable", "The database does not answer; try again soon."
        case _:
            return 500, "internal_error", STATUS_DETAILS[500]


def json_error(status_code: int, code: str, detail: str) -> JsonResponse:
    """A problem outside DRF."""
    return JsonResponse(problem(status_code, code, detail), status=status_code, content_type=CONTENT_TYPE)


class ProblemMiddleware:
    """Programs never get an HTML error, whatever made it: routing, another middleware, or DEBUG's own pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_error = response.status_code >= status.HTTP_400_BAD_REQUEST
        if not is_error or "json" in response.headers.get("Content-Type", "") or not for_programs(request.path_info):
            return response
        code = STATUS_CODES.get(response.status_code, "error")
        replaced = json_error(response.status_code, code, STATUS_DETAILS.get(response.status_code, "It failed."))
        for name, value in response.headers.items():
            if name not in ("Content-Type", "Content-Length"):
                replaced.headers[name] = value
        replaced.cookies = response.cookies
        return replaced


def for_programs(path: str) -> bool:
    """Whether programs rather than people call this address."""
    return path.startswith(("/api/", "/predict", "/livez", "/readyz", "/metrics"))
