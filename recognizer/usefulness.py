"""How much a reviewer's look at a submission teaches: the order of the review queue.

A plain sum, so that it can be explained: how unsure the live reading is (0 to 1), how a refusal came about
(0 to 1), 1 when model versions read it differently, and up to 1 for each sender who disagrees.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from recognizer.models import Feedback, Prediction, Status, Submission

# A blank sheet teaches little; a doubtful one a lot.
REFUSAL_WEIGHTS = {"ambiguous": 1.0, "not_a_digit": 0.8, "too_faint": 0.6, "too_many": 0.5, "blank": 0.1}
OTHER_REFUSAL_WEIGHT = 0.5
# Counting further back would change the weight by less than 5 %.
MAX_EARLIER_HINTS = 20


def of_prediction(prediction: Prediction) -> float:
    """What a fresh reading alone is worth a look: 0 (certain) to 2."""
    refusal = 0.0 if prediction.accepted else REFUSAL_WEIGHTS.get(prediction.reason, OTHER_REFUSAL_WEIGHT)
    return 1 - prediction.confidence + refusal


def refresh(submission_ids: Iterable[UUID]) -> None:
    """Rank these again, after feedback, a decision taken back, or a reading by another model version."""
    rows = Submission.objects.defer("image").prefetch_related("predictions", "feedback")
    for submission in rows.filter(id__in=list(submission_ids)):
        # Not `save`: whoever labelled it meanwhile took it out of the queue.
        Submission.objects.filter(id=submission.id, label=None, status=Status.DONE).update(
            usefulness=of_submission(submission)
        )


def of_submission(submission: Submission) -> float | None:
    """What looking at it is worth, all things counted; None without a reading."""
    live = submission.prediction
    if live is None:
        return None
    hints = sum(_weight(hint) for hint in submission.feedback.all() if disagrees(hint, live))
    return of_prediction(live) + versions_disagree(submission.predictions.all()) + hints


def versions_disagree(predictions: Iterable[Prediction]) -> bool:
    """Whether model versions read different digits, or only some of them accept."""
    return len({(prediction.text, prediction.accepted) for prediction in predictions}) > 1


def disagrees(hint: Feedback, live: Prediction) -> bool:
    """Whether the sender says something else than was read; a refused reading agrees with “no digit”, too."""
    said_so = {live.text} if live.accepted else {live.text, ""}
    return hint.label not in said_so


def _weight(hint: Feedback) -> float:
    """1 for a sender's first waiting hint, 1/2 for the second, and so on: one sender cannot fill the queue."""
    earlier: QuerySet[Feedback] = Feedback.objects.filter(~Q(client=""), client=hint.client, id__lt=hint.id)
    return 1 / (1 + earlier.filter(submission__label=None)[:MAX_EARLIER_HINTS].count())
