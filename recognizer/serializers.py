"""What goes in and out of the API, for the schema and for checking parameters; `answer` writes the hot path."""

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from recognizer.models import MAX_LABEL_LENGTH, ModelVersion, Status, Submission
from recognizer.versions import Role

MAX_DIGITS = 100
INCLUDES = ("preview",)
ONE_OF = "|".join(INCLUDES)


class OptionsSerializer(serializers.Serializer[Any]):
    """What a caller may say beside the picture, as query parameters or as form or JSON fields."""

    digits = serializers.IntegerField(
        min_value=1,
        max_value=MAX_DIGITS,
        required=False,
        help_text="How many digits the picture shows, if known.",
    )
    include = serializers.RegexField(
        f"^({ONE_OF})(,({ONE_OF}))*$",
        required=False,
        error_messages={"invalid": f"Say one or more of: {', '.join(INCLUDES)}; separated by commas."},
        help_text=f"Extras, separated by commas: {', '.join(INCLUDES)}.",
    )

    def validate_include(self, value: str) -> list[str]:
        """As a list."""
        return value.split(",")


class ImageSerializer(serializers.Serializer[Any]):
    """The picture as a data URL."""

    image = serializers.CharField(help_text="data:image/png;base64,… (PNG, JPEG or WebP)")
    digits = serializers.IntegerField(min_value=1, max_value=MAX_DIGITS, required=False)


class ImageFormSerializer(serializers.Serializer[Any]):
    """The picture as a file in a form."""

    image = serializers.FileField(help_text="PNG, JPEG or WebP")
    digits = serializers.IntegerField(min_value=1, max_value=MAX_DIGITS, required=False)


class BatchFormSerializer(serializers.Serializer[Any]):
    """Several pictures as files in a form."""

    image = serializers.ListField(child=serializers.FileField(), min_length=1, help_text="PNG, JPEG or WebP, each")
    digits = serializers.IntegerField(min_value=1, max_value=MAX_DIGITS, required=False)


class FileFormSerializer(serializers.Serializer[Any]):
    """The form of `POST /predict`."""

    file = serializers.FileField(help_text="PNG, JPEG or WebP")


class DigitSerializer(serializers.Serializer[Any]):
    """One digit that was read."""

    digit = serializers.IntegerField(min_value=0, max_value=9)
    confidence = serializers.FloatField(min_value=0, max_value=1)
    probabilities = serializers.ListField(
        child=serializers.FloatField(min_value=0, max_value=1), min_length=10, max_length=10
    )
    box = serializers.ListField(
        child=serializers.IntegerField(),
        min_length=4,
        max_length=4,
        help_text="x, y, width, height in pixels",
    )
    touching = serializers.BooleanField(help_text="It was cut from a neighbour that it touches.")
    preview = serializers.CharField(required=False, help_text="What the model saw: a 28x28 PNG as a data URL.")


class ModelSerializer(serializers.Serializer[Any]):
    """The exact model that read it."""

    version = serializers.CharField()
    sha256 = serializers.CharField()
    preprocessing_version = serializers.CharField()


class PredictionSerializer(serializers.Serializer[Any]):
    """A submission and, once it is done, what was read in it."""

    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=Status.choices)
    text = serializers.CharField(allow_null=True, help_text="All digits in reading order; null until done.")
    digit = serializers.IntegerField(allow_null=True, help_text="The digit when there is exactly one.")
    confidence = serializers.FloatField(allow_null=True)
    accepted = serializers.BooleanField(allow_null=True)
    reason = serializers.ChoiceField(
        choices=["blank", "too_faint", "not_a_digit", "ambiguous", "too_many"],
        allow_null=True,
        help_text="Why it was refused; text and digits then hold the best guess.",
    )
    digits = DigitSerializer(many=True)
    model = ModelSerializer(allow_null=True)
    error = serializers.CharField(allow_null=True, help_text="Why reading failed for good.")
    created_at = serializers.DateTimeField()
    url = serializers.CharField()


class PageSerializer(serializers.Serializer[Any]):
    """One page of a list."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = PredictionSerializer(many=True)


class SaliencySerializer(serializers.Serializer[Any]):
    """How much the ink speaks for a digit, point by point of the 28x28 picture that the model saw."""

    digit = serializers.IntegerField(min_value=0, max_value=9)
    model = ModelSerializer(help_text="The live one, which was asked.")
    map = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField(min_value=-1, max_value=1)),
        help_text="28 rows of 28: 1 where ink speaks most for the digit, below 0 where it speaks against it.",
    )


class FeedbackSerializer(serializers.Serializer[Any]):
    """What the picture really shows."""

    label = serializers.RegexField(  # type: ignore[assignment]  # a field of that name, not its caption
        r"^[0-9]+\Z",
        max_length=MAX_LABEL_LENGTH,
        allow_null=True,
        trim_whitespace=False,
        help_text="Its digits in reading order; null for no digit.",
    )
    created_at = serializers.DateTimeField(read_only=True)


class ProblemSerializer(serializers.Serializer[Any]):
    """Problem details (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()


class ModelCardSerializer(ModelSerializer):
    """A model version and how well it was measured to read."""

    architecture = serializers.CharField()
    live = serializers.BooleanField(help_text="It answers.")
    shadow = serializers.BooleanField(help_text="It reads along, unseen.")
    created_at = serializers.CharField()
    registered_at = serializers.DateTimeField()
    metrics = serializers.DictField()


class ReadinessSerializer(serializers.Serializer[Any]):
    """Whether each part answers."""

    status = serializers.ChoiceField(choices=["ok", "unavailable"])
    checks = serializers.DictField(child=serializers.BooleanField())


def model_card(version: ModelVersion, role: str | None) -> dict[str, Any]:
    """The JSON of `ModelCardSerializer` for one version in its role, if it has one."""
    return {
        "version": version.version,
        "sha256": version.sha256,
        "preprocessing_version": version.preprocessing_version,
        "architecture": version.architecture,
        "live": role == Role.LIVE,
        "shadow": role == Role.SHADOW,
        "created_at": version.card["created_at"],
        "registered_at": version.registered_at,
        "metrics": version.card["metrics"],
    }


def answer(submission: Submission, *, includes: list[str]) -> dict[str, Any]:
    """The JSON of `PredictionSerializer` for one submission, with the extras asked for."""
    prediction = submission.prediction if submission.status == Status.DONE else None
    return {
        "id": str(submission.id),
        "status": submission.status,
        "text": prediction.text if prediction else None,
        "digit": prediction.digit if prediction else None,
        "confidence": prediction.confidence if prediction else None,
        "accepted": prediction.accepted if prediction else None,
        "reason": (prediction.reason or None) if prediction else None,
        "digits": [_digit(digit, includes) for digit in prediction.digits] if prediction else [],
        "model": prediction
        and {
            "version": prediction.model_version,
            "sha256": prediction.model_sha256,
            "preprocessing_version": prediction.preprocessing_version,
        },
        "error": submission.error_code or None,
        "created_at": submission.created_at.isoformat(),
        "url": reverse("prediction", args=[submission.id]),
    }


def _digit(stored: dict[str, Any], includes: list[str]) -> dict[str, Any]:
    shown = {name: value for name, value in stored.items() if name != "preview"}
    if "preview" in includes:
        shown["preview"] = f"data:image/png;base64,{stored['preview']}"
    return shown
