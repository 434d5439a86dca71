"""What reviewers read about a submission, in few words."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from recognizer import usefulness, wording
from recognizer.models import Prediction, Submission

REASONS: dict[str, Promise] = {
    "blank": gettext_lazy("blank"),
    "too_faint": gettext_lazy("too faint"),
    "not_a_digit": gettext_lazy("not a digit"),
    "ambiguous": gettext_lazy("ambiguous"),
    "too_many": gettext_lazy("too many marks"),
}


def reason(prediction: Prediction) -> str:
    """Why it was refused, or that it was accepted."""
    return _("accepted") if prediction.accepted else str(REASONS.get(prediction.reason, prediction.reason))


def outcome(submission: Submission) -> tuple[str, str]:
    """State for the style sheet (accepted, refused, failed, queued) and words for people."""
    prediction = submission.prediction
    if prediction is None:
        return submission.status, submission.error_code or submission.get_status_display()
    return "accepted" if prediction.accepted else "refused", reason(prediction)


def verdict(submission: Submission) -> str:
    """Against the label, the reading was right, wrong, or nobody knows (unreviewed)."""
    if submission.label is None:
        return "unreviewed"
    live = submission.prediction
    if live is None:
        return "wrong"
    said = live.text if live.accepted else ""
    return "right" if submission.label == said else "wrong"


def shown(label: str | None) -> str:
    """A label as people say it."""
    if label is None:
        return _("not reviewed")
    return label or _("no digit")


def why(submission: Submission) -> list[str]:
    """Why it is worth a look, besides its outcome: what else `usefulness` counts."""
    live = submission.prediction
    if live is None:
        return []
    reasons = []
    readings = submission.predictions.all()
    if usefulness.versions_disagree(readings):
        said = ", ".join(f"{reading.model_version}: {reading.text or '–'}" for reading in readings)
        reasons.append(_("Model versions disagree (%(said)s)") % {"said": said})
    if hints := [hint for hint in submission.feedback.all() if usefulness.disagrees(hint, live)]:
        said = ", ".join(sorted({shown(hint.label) for hint in hints}))
        sentence = ngettext("The sender says: %(said)s", "Senders say: %(said)s", len(hints))
        reasons.append(sentence % {"said": said})
    return [*reasons, _("%(percent)s sure") % {"percent": wording.percent(live.confidence)}]
