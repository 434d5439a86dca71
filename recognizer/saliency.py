"""Which ink speaks for a digit: worked out by a worker, when somebody asks."""

import base64
from io import BytesIO
from typing import Any

from recognizer import dispatch
from recognizer.models import Submission

# Asking takes a worker some tens of milliseconds; more than this means that none is free.
TIMEOUT_SECONDS = 4.0

Explanation = dict[str, Any]


class NoAnswerError(Exception):
    """No worker answered in time; asking again later may help."""


def ask(*, submission: Submission, place: int) -> Explanation:
    """Have a worker explain one digit of a submission that has been read.

    Args:
        submission: one with a prediction.
        place: of the digit, 0 the first; the prediction must have it.

    Returns:
        {"digit", "model", "map": 28 rows of 28 numbers in [-1, 1]}: 1 where the ink speaks
        most for the digit, negative where it speaks against it. The model is the live one, which may be a later
        one than read it.

    Raises:
        NoAnswerError: no worker was free.
    """
    from recognizer.tasks import explain as task

    reply = dispatch.ask(task, str(submission.id), place, timeout=TIMEOUT_SECONDS)
    if reply is None:
        raise NoAnswerError
    return reply


def explain(submission_id: str, place: int) -> Explanation:
    """The worker's side of `ask`."""
    from recognizer import serving

    submission = Submission.objects.defer("image").get(id=submission_id)
    assert submission.prediction is not None, "asked for before it was read"
    stored = submission.prediction.digits[place]
    model = serving.live()
    saliency = model.saliency(_pixels(stored["preview"]), stored["digit"])
    return {
        "digit": stored["digit"],
        "model": {
            "version": model.card.version,
            "sha256": model.card.sha256,
            "preprocessing_version": submission.prediction.preprocessing_version,
        },
        "map": [[round(float(value), 2) for value in row] for row in saliency],
    }


def _pixels(preview: str) -> Any:
    import numpy as np
    from PIL import Image

    return np.asarray(Image.open(BytesIO(base64.b64decode(preview))).convert("L"))
