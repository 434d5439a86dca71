"""The HTTP API: each view parses, calls one service, answers."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from ml.artifact import read_card
from ml.decoding import ImageError
from recognizer import documentation as doc
from recognizer import services
from recognizer.apiview import ApiView
from recognizer.models import Channel, Status, Submission
from recognizer.parsers import BoundedJSONParser, ImageBodyParser, batch, picture, refuse_large_body
from recognizer.preferences import Waiting, waiting
from recognizer.problems import CONTENT_TYPE, describe, failure, problem
from recognizer.serializers import FeedbackSerializer, OptionsSerializer, answer


class PredictView(ApiView):
    """What the views that take pictures share."""

    parser_classes = [MultiPartParser, ImageBodyParser, BoundedJSONParser]
    field = "image"

    @property
    def body_limit(self) -> int:
        """Bytes of pictures that one request may carry."""
        return int(settings.MAX_UPLOAD_BYTES)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        refuse_large_body(request, limit=self.body_limit)

    def said(self, request: Request) -> dict[str, Any]:
        """`digits` and `include`, from the query or beside the picture; the query wins."""
        sent: Mapping[str, Any] = request.data if isinstance(request.data, Mapping) else {}
        given = {name: str(sent[name]) for name in ("digits", "include") if name in sent}
        given |= request.query_params.dict()
        serializer = OptionsSerializer(data=given)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def submit(self, request: Request, image: bytes, digits: int | None) -> Submission:
        """Store what was sent; the page names itself in a header, everybody else is a program."""
        channel = Channel.WEB if request.headers.get("X-Channel") == Channel.WEB else Channel.API
        return services.submit(image=image, channel=channel, digits=digits)


def waiting_for(request: Request) -> Waiting:
    """How long this caller wants to wait."""
    return waiting(request.headers.get("Prefer", ""))


def answered(submission: Submission, *, includes: list[str], success: int, applied: str = "") -> Response:
    """The answer to a submission in whatever state its waiting ended."""
    headers = {"Preference-Applied": applied} if applied else {}
    if submission.status == Status.FAILED:
        return Response(failure(submission), status=422, headers=headers, content_type=CONTENT_TYPE)
    body = answer(submission, includes=includes)
    headers["Location"] = body["url"]
    if submission.status == Status.DONE:
        return Response(body, status=success, headers=headers)
    return Response(body, status=status.HTTP_202_ACCEPTED, headers=headers | {"Retry-After": "1"})


def find(submission_id: str) -> Submission:
    """The submission under this id, or 404."""
    try:
        return services.get_submission(submission_id)
    except Submission.DoesNotExist as error:
        raise Http404 from error


class PredictionListView(PredictView):
    """`/api/v1/predictions/`"""

    @doc.predict
    def post(self, request: Request) -> Response:
        """201 with what was read; 202 with the address to poll when that takes longer than the deadline."""
        options, wait = self.said(request), waiting_for(request)
        submission = self.submit(request, picture(request, field=self.field), options.get("digits"))
        services.read(submission=submission, timeout=wait.seconds)
        includes = options.get("include", [])
        return answered(submission, includes=includes, success=status.HTTP_201_CREATED, applied=wait.applied)


class BatchView(PredictView):
    """`/api/v1/predictions/batch/`"""

    parser_classes = [MultiPartParser]

    @property
    def body_limit(self) -> int:
        """Many small pictures, or a few large ones."""
        return int(settings.MAX_BATCH_BYTES)

    @doc.predict_batch
    def post(self, request: Request) -> Response:
        """200 with one answer a picture, in order; what could not be read has a problem in its place."""
        options, wait = self.said(request), waiting_for(request)
        outcomes = [self._try(request, part, options.get("digits")) for part in batch(request, field=self.field)]
        stored = [outcome for outcome in outcomes if isinstance(outcome, Submission)]
        services.read_all(submissions=stored, timeout=wait.seconds)
        headers = {"Preference-Applied": wait.applied} if wait.applied else {}
        return Response([self._answer(outcome, options.get("include", [])) for outcome in outcomes], headers=headers)

    def _try(self, request: Request, part: "UploadedFile[bytes]", digits: int | None) -> Submission | dict[str, Any]:
        try:
            return self.submit(request, part.read(), digits)
        except ImageError as error:
            return problem(*describe(error))

    def _answer(self, outcome: Submission | dict[str, Any], includes: list[str]) -> dict[str, Any]:
        if not isinstance(outcome, Submission):
            return outcome
        return failure(outcome) if outcome.status == Status.FAILED else answer(outcome, includes=includes)


class PredictionView(ApiView):
    """`/api/v1/predictions/{id}/`"""

    @doc.get_prediction
    def get(self, request: Request, submission_id: str) -> Response:
        """Readable by whoever knows the id."""
        options = OptionsSerializer(data=request.query_params)
        options.is_valid(raise_exception=True)
        return Response(answer(find(submission_id), includes=options.validated_data.get("include", [])))


class FeedbackView(ApiView):
    """`/api/v1/predictions/{id}/feedback/`"""

    parser_classes = [BoundedJSONParser]

    @doc.give_feedback
    def post(self, request: Request, submission_id: str) -> Response:
        """Kept for the reviewers; saying it again replaces what was said before."""
        said = FeedbackSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        label = said.validated_data["label"]
        feedback = services.give_feedback(submission=find(submission_id), label=label or "", client="")
        return Response({"label": label, "created_at": feedback.created_at}, status=status.HTTP_201_CREATED)


class LegacyPredictView(PredictView):
    """`POST /predict`, as the application before this one answered it."""

    parser_classes = [MultiPartParser]
    field = "file"

    @doc.predict_legacy
    def post(self, request: Request) -> Response:
        """200 with `digit`, the one digit in the picture."""
        submission = services.read(submission=self.submit(request, picture(request, field=self.field), 1))
        return answered(submission, includes=[], success=status.HTTP_200_OK)


class ModelListView(ApiView):
    """`/api/v1/models/`"""

    @doc.list_models
    def get(self, request: Request) -> Response:
        """The live version with its measured accuracy."""
        card = read_card(settings.MODEL_PATH)
        names = ("version", "sha256", "preprocessing_version", "architecture", "created_at", "metrics")
        return Response([{name: getattr(card, name) for name in names} | {"live": True}])
