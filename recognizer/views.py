"""The HTTP API: each view parses, calls one service, answers."""

import time
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from ml.decoding import ImageError
from recognizer import documentation as doc
from recognizer import registry, services
from recognizer.answers import answer_to
from recognizer.apiview import ApiView
from recognizer.idempotency import KeyReused, key_from, submit_once
from recognizer.models import Channel, ModelVersion, Status, Submission
from recognizer.pagination import NewestFirst
from recognizer.parsers import BoundedJSONParser, ImageBodyParser, batch, picture, refuse_large_body
from recognizer.preferences import Waiting, waiting
from recognizer.problems import describe, failure, problem
from recognizer.serializers import FeedbackSerializer, OptionsSerializer, answer, model_card
from recognizer.tokens import Scope


class PredictView(ApiView):
    """What the views that take pictures share."""

    parser_classes = [MultiPartParser, ImageBodyParser, BoundedJSONParser]
    scopes = {"POST": Scope.PREDICT}
    cost = 1
    field = "image"

    @property
    def body_limit(self) -> int:
        """Bytes of pictures that one request may carry."""
        return int(settings.MAX_UPLOAD_BYTES)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.began = time.monotonic()
        super().initial(request, *args, **kwargs)
        refuse_large_body(request, limit=self.body_limit)

    def left(self, seconds: float) -> float:
        """What is left of so many seconds: where the database had to be waited for, less than all."""
        return max(0.0, seconds - (time.monotonic() - self.began))

    def said(self, request: Request) -> dict[str, Any]:
        """`digits` and `include`, from the query or beside the picture; the query wins."""
        sent: Mapping[str, Any] = request.data if isinstance(request.data, Mapping) else {}
        beside = {name: str(sent[name]) for name in ("digits", "include") if name in sent}
        return options(beside) | options(request.query_params.dict())

    def submit(self, request: Request, image: bytes, digits: int | None, part: int = 0) -> tuple[Submission, bool]:
        """Store what was sent, once for each `Idempotency-Key`; the flag says whether it is new.

        The page names itself in a header, everybody else is a program.
        """
        channel = Channel.WEB if request.headers.get("X-Channel") == Channel.WEB else Channel.API
        key = key_from(request.headers.get("Idempotency-Key"), caller=self.caller.key)
        client = self.caller.client
        if key is None:
            return services.submit(image=image, channel=channel, client=client, digits=digits), True
        return submit_once(digest=key.digest(part), image=image, channel=channel, client=client, digits=digits)


def options(given: dict[str, Any]) -> dict[str, Any]:
    """`digits` and `include`, checked. Raises rest_framework.exceptions.ValidationError."""
    if not given:
        return {}
    serializer = OptionsSerializer(data=given)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def waiting_for(request: Request) -> Waiting:
    """How long this caller wants to wait."""
    return waiting(request.headers.get("Prefer", ""))


def answered(submission: Submission, *, includes: list[str], success: int) -> Response:
    """The answer to a submission in whatever state its waiting ended."""
    told = answer_to(submission, includes=includes, success=success)
    return Response(told.body, status=told.status, headers=told.headers, content_type=told.content_type)


def with_headers(response: Response, *, applied: str = "", replayed: bool = False) -> Response:
    """Say which preference was honoured, and whether an earlier request is answered again."""
    if applied:
        response.headers["Preference-Applied"] = applied
    if replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return response


def wait_for(stored: list[tuple[Submission, bool]], seconds: float) -> None:
    """Have the new ones read, and wait for them and for those that an earlier request sent, within one deadline."""
    end = time.monotonic() + seconds
    services.read_all(submissions=[submission for submission, is_new in stored if is_new], timeout=seconds)
    for submission, is_new in stored:
        if not is_new:
            services.follow(submission=submission, timeout=end - time.monotonic())


class OneView(ApiView):
    """What the views of one submission share."""

    def find(self, submission_id: str) -> Submission:
        """The submission under this id, if this caller may know of it; else 404."""
        try:
            return services.get_submission(submission_id, client=self.caller.client)
        except Submission.DoesNotExist as error:
            raise Http404 from error


class PredictionListView(PredictView):
    """`/api/v1/predictions/`"""

    scopes = {"GET": Scope.READ, "POST": Scope.PREDICT}

    @doc.list_predictions
    def get(self, request: Request) -> Response:
        """What the token's owner sent, the newest first."""
        if not self.caller.client:
            raise exceptions.NotAuthenticated("Only a token's owner has a list: Authorization: Bearer …")
        paginator = NewestFirst()
        page = paginator.paginate_queryset(services.submissions_of(self.caller.client), request, self)
        return paginator.get_paginated_response([answer(submission, includes=[]) for submission in page or []])

    @doc.predict
    def post(self, request: Request) -> Response:
        """201 with what was read; 202 with the address to poll when that takes longer than the deadline."""
        said, wait = self.said(request), waiting_for(request)
        stored = self.submit(request, picture(request, field=self.field), said.get("digits"))
        wait_for([stored], self.left(wait.seconds))
        response = answered(stored[0], includes=said.get("include", []), success=status.HTTP_201_CREATED)
        return with_headers(response, applied=wait.applied, replayed=not stored[1])


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
        said, wait, parts = self.said(request), waiting_for(request), batch(request, field=self.field)
        if len(parts) > 1:
            self.spend(request, len(parts) - 1)
        images = [part.read() for part in parts]
        # All or nothing: who is answered 503 sends the whole batch again.
        with transaction.atomic():
            outcomes = [self._try(request, image, said.get("digits"), index) for index, image in enumerate(images)]
        sent = [outcome for outcome in outcomes if isinstance(outcome, tuple)]
        wait_for(sent, self.left(wait.seconds))
        includes = said.get("include", [])
        response = Response([self._answer(outcome, includes) for outcome in outcomes])
        replayed = bool(sent) and not any(is_new for _, is_new in sent)
        return with_headers(response, applied=wait.applied, replayed=replayed)

    def _try(
        self, request: Request, image: bytes, digits: int | None, index: int
    ) -> tuple[Submission, bool] | dict[str, Any]:
        try:
            return self.submit(request, image, digits, index)
        except (ImageError, KeyReused) as error:
            return problem(*describe(error))

    def _answer(self, outcome: tuple[Submission, bool] | dict[str, Any], includes: list[str]) -> dict[str, Any]:
        if isinstance(outcome, dict):
            return outcome
        submission = outcome[0]
        return failure(submission) if submission.status == Status.FAILED else answer(submission, includes=includes)


class PredictionView(OneView):
    """`/api/v1/predictions/{id}/`"""

    scopes = {"GET": Scope.READ}

    @doc.get_prediction
    def get(self, request: Request, submission_id: str) -> Response:
        """Readable by whoever knows the id; what was sent with a token only by its owner."""
        said = options(request.query_params.dict())
        return Response(answer(self.find(submission_id), includes=said.get("include", [])))


class FeedbackView(OneView):
    """`/api/v1/predictions/{id}/feedback/`"""

    parser_classes = [BoundedJSONParser]
    scopes = {"POST": Scope.FEEDBACK}

    @doc.give_feedback
    def post(self, request: Request, submission_id: str) -> Response:
        """Kept for the reviewers; saying it again replaces what was said before."""
        said = FeedbackSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        label = said.validated_data["label"]
        submission = self.find(submission_id)
        feedback = services.give_feedback(submission=submission, label=label or "", client=self.caller.client)
        return Response({"label": label, "created_at": feedback.created_at}, status=status.HTTP_201_CREATED)


class LegacyPredictView(PredictView):
    """`POST /predict`, as the application before this one answered it."""

    parser_classes = [MultiPartParser]
    field = "file"

    @doc.predict_legacy
    def post(self, request: Request) -> Response:
        """200 with `digit`, the one digit in the picture."""
        stored = self.submit(request, picture(request, field=self.field), 1)
        wait_for([stored], self.left(settings.PREDICT_DEADLINE_SECONDS))
        response = answered(stored[0], includes=[], success=status.HTTP_200_OK)
        return with_headers(response, replayed=not stored[1])


class ModelListView(ApiView):
    """`/api/v1/models/`"""

    @doc.list_models
    def get(self, request: Request) -> Response:
        """All versions with their measured accuracy; which one answers, and which one reads along."""
        roles = {version.id: role for role, version in registry.deployed().items()}
        return Response([model_card(version, roles.get(version.id)) for version in ModelVersion.objects.all()])
