"""The API's answer to "why this digit?"."""

from django.http import Http404
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from recognizer import documentation as doc
from recognizer import saliency
from recognizer.tokens import Scope
from recognizer.views import OneView


class NoWorker(exceptions.APIException):
    """Nobody was free to answer."""

    status_code = 503
    default_code = "unavailable"
    default_detail = "No worker is free to answer this now; try again in a moment."


class SaliencyView(OneView):
    """`/api/v1/predictions/{id}/digits/{place}/saliency/`"""

    scopes = {"GET": Scope.READ}

    def check_throttles(self, request: Request) -> None:
        """It is as much work as reading a picture, and costs as much. Raises TooMany (429)."""
        if request.method != "OPTIONS":
            self.spend(request, 1)

    @doc.explain_digit
    def get(self, request: Request, submission_id: str, place: int) -> Response:
        """By erasing spot after spot and watching the probability fall; asked of the live model."""
        submission = self.find(submission_id)
        if submission.prediction is None or place >= len(submission.prediction.digits):
            raise Http404
        try:
            return Response(saliency.ask(submission=submission, place=place))
        except saliency.NoAnswerError as error:
            raise NoWorker from error
