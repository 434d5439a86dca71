"""What every view of the API shares."""

from typing import Any

from django.http import Http404
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class ApiView(APIView):
    """A view for programs: OPTIONS answers 204 with `Allow`, every error is a problem."""

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """The methods, in `Allow`."""
        return Response(status=204)


class NotFoundView(ApiView):
    """Whatever else lies under /api/: without it a missing slash would turn a POST into a redirected GET."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Every method ends here.

        Raises:
            rest_framework.exceptions.NotFound, django.http.Http404: always.
        """
        if not request.path.endswith("/"):
            raise exceptions.NotFound("There is nothing under this address; those of the API end with a slash.")
        raise Http404
