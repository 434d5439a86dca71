"""The HTTP API: each view parses, calls one service, answers."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from redis import RedisError
from rest_framework import status
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ml.artifact import read_card
from recognizer import dispatch, services
from recognizer.models import Channel, Status, Submission
from recognizer.parsers import ImageBodyParser, picture, refuse_large_body
from recognizer.problems import CONTENT_TYPE, FAILURE_DETAILS, problem
from recognizer.serializers import (
    FeedbackSerializer,
    FileFormSerializer,
    ImageFormSerializer,
    ImageSerializer,
    ModelCardSerializer,
    OptionsSerializer,
    PredictionSerializer,
    ProblemSerializer,
    ReadinessSerializer,
    answer,
)

READINESS_SECONDS = 2.0
PROBLEMS = dict.fromkeys((400, 413, 415, 422, 429, 503), ProblemSerializer)


class PredictView(APIView):
    """What the views that take a picture share."""

    parser_classes = [MultiPartParser, ImageBodyParser, JSONParser]
    field = "image"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        refuse_large_body(request)

    def said(self, request: Request) -> dict[str, Any]:
        """`digits` and `include`, from the query or beside the picture; the query wins."""
        sent: Mapping[str, Any] = request.data if isinstance(request.data, Mapping) else {}
        given = {name: str(sent[name]) for name in ("digits", "include") if name in sent}
        given |= request.query_params.dict()
        serializer = OptionsSerializer(data=given)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def submit(self, request: Request, digits: int | None) -> Submission:
        """Store what was sent; the page names itself in a header, everybody else is a program."""
        channel = Channel.WEB if request.headers.get("X-Channel") == Channel.WEB else Channel.API
        return services.submit(image=picture(request, field=self.field), channel=channel, digits=digits)


def answered(submission: Submission, *, includes: list[str], success: int) -> Response:
    """The answer to a submission in whatever state its waiting ended."""
    if submission.status == Status.FAILED:
        detail = FAILURE_DETAILS.get(submission.error_code, "The picture could not be read.")
        body = problem(422, submission.error_code, detail, id=str(submission.id))
        return Response(body, status=422, content_type=CONTENT_TYPE)
    body = answer(submission, includes=includes)
    if submission.status == Status.DONE:
        return Response(body, status=success, headers={"Location": body["url"]})
    return Response(body, status=status.HTTP_202_ACCEPTED, headers={"Location": body["url"], "Retry-After": "1"})


def find(submission_id: str) -> Submission:
    """The submission under this id, or 404."""
    try:
        return services.get_submission(submission_id)
    except Submission.DoesNotExist as error:
        raise Http404 from error


class PredictionListView(PredictView):
    """`/api/v1/predictions/`"""

    @extend_schema(
        operation_id="predict",
        summary="Read the digits in a picture",
        request={
            "multipart/form-data": ImageFormSerializer,
            "application/json": ImageSerializer,
            "image/*": OpenApiTypes.BINARY,
        },
        parameters=[
            OptionsSerializer,
            OpenApiParameter(
                "Prefer", str, OpenApiParameter.HEADER, description="`respond-async`: answer 202 at once."
            ),
        ],
        responses={201: PredictionSerializer, 202: PredictionSerializer, **PROBLEMS},
    )
    def post(self, request: Request) -> Response:
        """201 with what was read; 202 with the address to poll when that takes longer than the deadline."""
        options = self.said(request)
        submission = self.submit(request, options.get("digits"))
        if "respond-async" in request.headers.get("Prefer", ""):
            services.request_reading(submission=submission)
        else:
            services.read(submission=submission)
        return answered(submission, includes=options.get("include", []), success=status.HTTP_201_CREATED)


class PredictionView(APIView):
    """`/api/v1/predictions/{id}/`"""

    @extend_schema(
        operation_id="get_prediction",
        summary="A submission and what was read in it",
        parameters=[OptionsSerializer],
        responses={200: PredictionSerializer, 404: ProblemSerializer},
    )
    def get(self, request: Request, submission_id: str) -> Response:
        """Readable by whoever knows the id."""
        options = OptionsSerializer(data=request.query_params)
        options.is_valid(raise_exception=True)
        submission = find(submission_id)
        return Response(answer(submission, includes=options.validated_data.get("include", [])))


class FeedbackView(APIView):
    """`/api/v1/predictions/{id}/feedback/`"""

    @extend_schema(
        operation_id="give_feedback",
        summary="Say what a picture really shows",
        request=FeedbackSerializer,
        responses={201: FeedbackSerializer, **dict.fromkeys((400, 404, 415, 429), ProblemSerializer)},
    )
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

    @extend_schema(
        operation_id="predict_legacy",
        summary="Read one digit",
        request={"multipart/form-data": FileFormSerializer},
        responses={200: PredictionSerializer, 202: PredictionSerializer, **PROBLEMS},
    )
    def post(self, request: Request) -> Response:
        """200 with `digit`, the one digit in the picture."""
        submission = services.read(submission=self.submit(request, 1))
        return answered(submission, includes=[], success=status.HTTP_200_OK)


class ModelListView(APIView):
    """`/api/v1/models/`"""

    @extend_schema(
        operation_id="list_models", summary="The model that reads", responses=ModelCardSerializer(many=True)
    )
    def get(self, request: Request) -> Response:
        """The live version with its measured accuracy."""
        card = read_card(settings.MODEL_PATH)
        names = ("version", "sha256", "preprocessing_version", "architecture", "created_at", "metrics")
        return Response([{name: getattr(card, name) for name in names} | {"live": True}])


@never_cache
def livez(request: HttpRequest) -> JsonResponse:
    """This process answers."""
    return JsonResponse({"status": "ok"})


class ReadinessView(APIView):
    """`/readyz`"""

    @extend_schema(
        operation_id="readyz",
        summary="Whether the service can read a picture now",
        responses={200: ReadinessSerializer, 503: ReadinessSerializer},
    )
    def get(self, request: Request) -> Response:
        """200 when database, Redis and a worker with a warm model answer; else 503 and which does not."""
        checks = {"database": _database_answers(), "redis": _redis_answers()}
        checks["worker"] = checks["redis"] and dispatch.worker_answers(timeout=READINESS_SECONDS)
        ready = all(checks.values())
        body = {"status": "ok" if ready else "unavailable", "checks": checks}
        return Response(body, status=200 if ready else 503, headers={"Cache-Control": "no-store"})


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _redis_answers() -> bool:
    try:
        return bool(dispatch.redis_client().ping())
    except RedisError:
        return False
