"""What the schema says about each operation."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    PolymorphicProxySerializer,
    extend_schema,
)

from recognizer.examples import (
    BATCH,
    DONE,
    EXPLAINED,
    FEEDBACK,
    LATER,
    PAGE,
    READINESS,
    REFUSED,
    VERSIONS,
    example_answer,
)
from recognizer.pagination import MAX_PAGE_SIZE
from recognizer.problems import CONTENT_TYPE, TITLES
from recognizer.serializers import (
    BatchFormSerializer,
    FeedbackSerializer,
    FileFormSerializer,
    ImageFormSerializer,
    ImageSerializer,
    ModelCardSerializer,
    OptionsSerializer,
    PageSerializer,
    PredictionSerializer,
    ProblemSerializer,
    ReadinessSerializer,
    SaliencySerializer,
)


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How a token is sent."""

    target_class = "recognizer.access.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """A bearer token."""
        return {"type": "http", "scheme": "bearer", "description": "Made in the admin, or by create_api_token."}


PREFER = OpenApiParameter(
    "Prefer",
    str,
    OpenApiParameter.HEADER,
    description="RFC 7240: `respond-async` answers 202 at once, `wait=3` after three seconds at the latest.",
)


def problems(*statuses: int) -> dict[Any, Any]:
    """The responses for these statuses."""
    return {
        (status, CONTENT_TYPE): OpenApiResponse(ProblemSerializer, description=TITLES[status]) for status in statuses
    }


def header(name: str, description: str, statuses: list[int] | bool) -> OpenApiParameter:
    """A response header, of the answers with these statuses or of all."""
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, description=description, response=statuses)


LOCATION = header("Location", "Where the answer stays readable.", [200, 201, 202])
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    OpenApiParameter.HEADER,
    description="Sent again with the same picture, the same key gets the same answer and stores nothing new.",
)
RETRY_AFTER = header("Retry-After", "Seconds to wait before asking again.", [202, 429, 503])
RATE_LIMITS = [
    header("RateLimit", 'What is left: `"pictures";r=119;t=1` is 119, and all again in a second.', True),
    header("RateLimit-Policy", 'The allowance: `"pictures";q=120;w=60` is 120 in a minute.', True),
]
REPLAYED = header("Idempotency-Replayed", "`true`: an earlier request is answered again.", [201, 202, 422])
APPLIED = header("Preference-Applied", "What of `Prefer` was honoured.", [200, 201, 202])
CALLER = (401, 403, 406, 429, 503)
READ = OpenApiResponse(PredictionSerializer, description="Read")
FOUND = OpenApiResponse(PredictionSerializer, description="In whatever state it is")
WAITING = OpenApiResponse(PredictionSerializer, description="Stored, and not read yet: ask again at `Location`")
WRONG_PICTURE = (400, 413, 415, 422, *CALLER)

predict = extend_schema(
    operation_id="predict",
    tags=["predictions"],
    summary="Read the digits in a picture",
    request={
        "multipart/form-data": ImageFormSerializer,
        "application/json": ImageSerializer,
        "image/*": OpenApiTypes.BINARY,
    },
    parameters=[OptionsSerializer, PREFER, IDEMPOTENCY_KEY, LOCATION, RETRY_AFTER, REPLAYED, APPLIED, *RATE_LIMITS],
    responses={201: READ, 202: WAITING, **problems(*WRONG_PICTURE)},
    examples=[DONE, REFUSED, LATER],
)

predict_batch = extend_schema(
    operation_id="predict_batch",
    tags=["predictions"],
    summary="Read several pictures",
    request={"multipart/form-data": BatchFormSerializer},
    parameters=[OptionsSerializer, PREFER, IDEMPOTENCY_KEY, APPLIED, *RATE_LIMITS],
    responses={
        200: PolymorphicProxySerializer(
            component_name="BatchItem",
            serializers=[PredictionSerializer, ProblemSerializer],
            resource_type_field_name=None,
            many=True,
        ),
        **problems(*WRONG_PICTURE),
    },
    examples=BATCH,
)

get_prediction = extend_schema(
    operation_id="get_prediction",
    tags=["predictions"],
    summary="A submission and what was read in it",
    parameters=[OptionsSerializer, *RATE_LIMITS],
    responses={200: FOUND, **problems(400, 404, *CALLER)},
    examples=[DONE, REFUSED],
)

list_predictions = extend_schema(
    operation_id="list_predictions",
    tags=["predictions"],
    summary="What the token's owner sent, the newest first",
    auth=[{"token": []}],  # type: ignore[list-item]  # the stubs know names only
    parameters=[
        OpenApiParameter("cursor", str, description="From `next` or `previous`."),
        OpenApiParameter("page_size", {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE}),
        *RATE_LIMITS,
    ],
    responses={200: OpenApiResponse(PageSerializer, description="One page"), **problems(400, 404, *CALLER)},
    examples=PAGE,
)

give_feedback = extend_schema(
    operation_id="give_feedback",
    tags=["predictions"],
    summary="Say what a picture really shows",
    request=FeedbackSerializer,
    parameters=RATE_LIMITS,
    responses={201: OpenApiResponse(FeedbackSerializer, description="Kept"), **problems(400, 404, 413, 415, *CALLER)},
    examples=FEEDBACK,
)

explain_digit = extend_schema(
    operation_id="explain_digit",
    tags=["predictions"],
    summary="Which ink speaks for a digit",
    parameters=[
        OpenApiParameter(
            "place", {"type": "integer", "minimum": 0}, OpenApiParameter.PATH, description="0 is the first digit."
        ),
        RETRY_AFTER,
        *RATE_LIMITS,
    ],
    responses={
        200: OpenApiResponse(SaliencySerializer, description="Worked out just now"),
        **problems(404, *CALLER),
    },
    examples=EXPLAINED,
)

predict_legacy = extend_schema(
    operation_id="predict_legacy",
    tags=["predictions"],
    summary="Read one digit",
    request={"multipart/form-data": FileFormSerializer},
    parameters=[LOCATION, RETRY_AFTER, *RATE_LIMITS],
    responses={200: READ, 202: WAITING, **problems(*WRONG_PICTURE)},
    examples=[OpenApiExample("A seven", example_answer("7"), response_only=True, status_codes=["200"]), LATER],
)

list_models = extend_schema(
    operation_id="list_models",
    tags=["service"],
    summary="The model versions, and which one reads",
    parameters=RATE_LIMITS,
    responses={
        200: OpenApiResponse(ModelCardSerializer(many=True), description="The newest first"),
        **problems(*CALLER),
    },
    examples=VERSIONS,
)

readyz = extend_schema(
    operation_id="readyz",
    tags=["service"],
    summary="Whether the service can read a picture now",
    responses={
        200: OpenApiResponse(ReadinessSerializer, description="It can"),
        503: OpenApiResponse(ReadinessSerializer, description="It cannot, and which part does not answer"),
        **problems(406),
    },
    examples=READINESS,
)
