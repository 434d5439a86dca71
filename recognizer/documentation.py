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

from recognizer.pagination import MAX_PAGE_SIZE
from recognizer.problems import CONTENT_TYPE, TITLES, problem
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


EXAMPLE_ID = "8f14e45f-ceea-467f-a0b7-1c5a3d0e9b42"
MODEL = {"version": "compact-3", "sha256": "9a271f2a916b0b6ee6cecb2426f0b3206ef074578be55d9bc94f6f3fe3ab86aa"}
PREFER = OpenApiParameter(
    "Prefer",
    str,
    OpenApiParameter.HEADER,
    description="RFC 7240: `respond-async` answers 202 at once, `wait=3` after three seconds at the latest.",
)


def example_answer(text: str, **members: Any) -> dict[str, Any]:
    """An answer as the service gives it."""
    return {
        "id": EXAMPLE_ID,
        "status": "done",
        "text": text,
        "digit": int(text) if len(text) == 1 else None,
        "confidence": 0.9871,
        "accepted": True,
        "reason": None,
        "digits": [
            {
                "digit": int(digit),
                "confidence": 0.9957,
                "probabilities": [0.9957 if n == int(digit) else 0.0005 for n in range(10)],
                "box": [20 + 200 * place, 31, 130, 201],
                "touching": False,
            }
            for place, digit in enumerate(text)
        ],
        "model": MODEL | {"preprocessing_version": "1"},
        "error": None,
        "created_at": "2026-11-22T15:04:05.123456+00:00",
        "url": f"/api/v1/predictions/{EXAMPLE_ID}/",
    } | members


QUEUED = example_answer("", status="queued", digits=[], model=None) | dict.fromkeys(
    ("text", "digit", "confidence", "accepted")
)
DONE = OpenApiExample("Three digits", example_answer("407"), response_only=True, status_codes=["200", "201"])
REFUSED = OpenApiExample(
    "A refusal with its best guess",
    example_answer("7", confidence=0.41, accepted=False, reason="ambiguous"),
    response_only=True,
    status_codes=["200", "201"],
)
LATER = OpenApiExample("Not read yet", QUEUED, response_only=True, status_codes=["202"])


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
    examples=[
        OpenApiExample(
            "One read, one refused",
            [example_answer("7"), problem(415, "unsupported_format", "Only PNG, JPEG and WebP pictures are read.")],
            response_only=True,
            status_codes=["200"],
        )
    ],
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
    ],
    responses={200: OpenApiResponse(PageSerializer, description="One page"), **problems(400, 404, *CALLER)},
)

give_feedback = extend_schema(
    operation_id="give_feedback",
    tags=["predictions"],
    summary="Say what a picture really shows",
    request=FeedbackSerializer,
    responses={201: OpenApiResponse(FeedbackSerializer, description="Kept"), **problems(400, 404, 413, 415, *CALLER)},
    examples=[
        OpenApiExample("Three digits", {"label": "407"}, request_only=True),
        OpenApiExample("No digit", {"label": None}, request_only=True),
    ],
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
)
