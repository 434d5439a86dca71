"""The examples that the schema shows."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

from recognizer.problems import problem

EXAMPLE_ID = "8f14e45f-ceea-467f-a0b7-1c5a3d0e9b42"
MODEL = {"version": "compact-3", "sha256": "9a271f2a916b0b6ee6cecb2426f0b3206ef074578be55d9bc94f6f3fe3ab86aa"}
PROVENANCE = MODEL | {"preprocessing_version": "1"}


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
        "model": PROVENANCE,
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

BATCH = [
    OpenApiExample(
        "One read, one refused",
        [example_answer("7"), problem(415, "unsupported_format", "Only PNG, JPEG and WebP pictures are read.")],
        response_only=True,
        status_codes=["200"],
    )
]


PAGE = [
    OpenApiExample(
        "The first of several pages",
        {
            "next": "https://digits.example.org/api/v1/predictions/?cursor=cD0yMDI2LTExLTIy",
            "previous": None,
            "results": [example_answer("407")],
        },
        response_only=True,
        status_codes=["200"],
    )
]


EXPLAINED = [
    OpenApiExample(
        "A seven",
        {"digit": 7, "model": PROVENANCE, "map": [[0.0] * 28] * 28},
        response_only=True,
        status_codes=["200"],
    )
]


VERSIONS = [
    OpenApiExample(
        "One version, which answers",
        PROVENANCE
        | {
            "architecture": "compact",
            "live": True,
            "shadow": False,
            "created_at": "2026-11-20T10:00:00+00:00",
            "registered_at": "2026-11-21T09:30:00Z",
            "metrics": {"mnist_test_accuracy_mean": 0.9951},
        },
        response_only=True,
        status_codes=["200"],
    )
]


def _readiness(*, worker: bool) -> dict[str, Any]:
    checks = {"database": True, "redis": True, "worker": worker}
    return {"status": "ok" if worker else "unavailable", "checks": checks}


READINESS = [
    OpenApiExample("Ready", _readiness(worker=True), response_only=True, status_codes=["200"]),
    OpenApiExample("The worker still warms up", _readiness(worker=False), response_only=True, status_codes=["503"]),
]


FEEDBACK = [
    OpenApiExample("Three digits", {"label": "407"}, request_only=True),
    OpenApiExample("No digit", {"label": None}, request_only=True),
]
