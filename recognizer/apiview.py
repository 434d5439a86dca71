"""What every view of the API shares."""

from typing import Any

from django.http import Http404
from django.utils.functional import cached_property
from rest_framework import exceptions
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from recognizer.access import Caller, TokenAuthentication, caller_of, check_scope, spend
from recognizer.limits import Allowance


class ProgramView(APIView):
    """A view for programs, open to all: OPTIONS answers 204 with `Allow`, every error is a problem."""

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """The methods, in `Allow`."""
        return Response(status=204)


class ApiView(ProgramView):
    """A view of the API: callers are known by their token or address, and have an allowance.

    `scopes` names, by method, what a token must be good for; `cost` how many pictures a POST takes.
    """

    authentication_classes = [TokenAuthentication]
    # For the schema: a token is optional. Who may do what, `check_permissions` says.
    permission_classes = [AllowAny]
    scopes: dict[str, str] = {}
    cost = 0
    allowance: Allowance | None = None

    @cached_property
    def caller(self) -> Caller:
        """Who called."""
        return caller_of(self.request)

    def check_permissions(self, request: Request) -> None:
        """By the token's scopes. Raises NotAuthenticated (401) or MissingScope (403)."""
        if scope := self.scopes.get(request.method or ""):
            check_scope(request, scope)

    def check_throttles(self, request: Request) -> None:
        """One step in Redis. Raises TooMany (429)."""
        if request.method != "OPTIONS":
            self.spend(request, self.cost if request.method == "POST" else 0)

    def spend(self, request: Request, cost: int) -> None:
        """Take so many pictures, or one look-up when 0, from the caller's allowance. Raises TooMany (429)."""
        self.allowance = spend(self.caller, cost=cost)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Say what is left."""
        response = super().finalize_response(request, response, *args, **kwargs)
        for name, value in (self.allowance.headers if self.allowance else {}).items():
            response.headers.setdefault(name, value)
        return response


class NotFoundView(ProgramView):
    """Whatever else lies under /api/: without it a missing slash would turn a POST into a redirected GET."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Every method ends here.

        Raises:
            rest_framework.exceptions.NotFound, django.http.Http404: always.
        """
        if not request.path.endswith("/"):
            raise exceptions.NotFound("There is nothing under this address; those of the API end with a slash.")
        raise Http404
