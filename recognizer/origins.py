"""Whether another site's page may send something to the API from a visitor's browser."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from recognizer.problems import for_programs, json_error

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class CrossOriginMiddleware:
    """Refuses what a page elsewhere sends, unless CORS_ALLOWED_ORIGINS names it.

    Decided as Go's net/http.CrossOriginProtection does: by `Sec-Fetch-Site`, which browsers set and pages cannot, and
    where it is missing by `Origin` against `Host`. Programs send neither.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        guarded = request.method not in SAFE_METHODS and for_programs(request.path_info)
        if guarded and is_cross_origin(request) and request.headers.get("Origin") not in settings.CORS_ALLOWED_ORIGINS:
            return json_error(403, "cross_origin", "Pages of other sites may not send this.")
        return self.get_response(request)


def is_cross_origin(request: HttpRequest) -> bool:
    """Whether a browser sends this for a page of another origin."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.get_host()
