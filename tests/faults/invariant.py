"""What must hold after every fault, whatever it was."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

from tests.faults.load import NO_ANSWER, Answer
from tests.faults.service import DEADLINE_SECONDS, Service, hexadecimal
from tests.processes import wait_until

PROMISED_SECONDS = 1.0
# On top for a machine that other tests keep busy, of whatever speed: what hangs is found, not what is slow there.
MACHINE_SECONDS = float(os.environ.get("FAULTS_SLACK_SECONDS", "30"))
REPORT = os.environ.get("FAULTS_REPORT")

UNEQUAL = """
    SELECT s.id, s.status, COUNT(p.id) FROM recognizer_submission s
    LEFT JOIN recognizer_prediction p ON p.submission_id = s.id AND p.live
    GROUP BY s.id, s.status HAVING COUNT(p.id) <> CASE s.status WHEN 'done' THEN 1 ELSE 0 END
"""
TWICE = """
    SELECT submission_id, model_sha256, COUNT(*) FROM recognizer_prediction
    GROUP BY submission_id, model_sha256 HAVING COUNT(*) > 1
"""


def check(
    service: Service, answers: Sequence[Answer], *, fault: str, broken: bool = False, timeout: float = 90
) -> None:
    """Every submission ends, with one live prediction or a failure; no answer hung and none is a 5xx.

    `broken` allows connections that ended without an answer: the web server itself was harmed.
    """
    wait_until(lambda: "queued" not in service.statuses().values(), what=f"all to end after: {fault}", timeout=timeout)
    statuses = service.statuses()
    report(fault, answers, statuses)
    assert set(statuses.values()) <= {"done", "failed"}
    lost = [answer for answer in answers if answer.id and hexadecimal(answer.id) not in statuses]
    assert not lost, f"accepted and gone: {lost[:3]}"
    assert not service.database.rows(UNEQUAL)
    assert not service.database.rows(TWICE)
    check_answers(answers, broken=broken)


def check_answers(answers: Sequence[Answer], *, broken: bool = False) -> None:
    """No error but 503, none that hung, and everybody was told what they had sent."""
    allowed = {201, 202, 503} | ({NO_ANSWER} if broken else set())
    wrong = [answer for answer in answers if answer.status not in allowed]
    assert not wrong, f"{len(wrong)} of {len(answers)}: {wrong[:3]}"
    limit = DEADLINE_SECONDS + PROMISED_SECONDS + MACHINE_SECONDS
    late = [answer for answer in answers if answer.seconds > limit and answer.status != NO_ANSWER]
    assert not late, f"{len(late)} of {len(answers)} came after {limit:g} s: {late[:3]}"
    mixed = [answer for answer in answers if answer.status == 201 and answer.text != answer.sent]
    assert not mixed, f"{len(mixed)} of {len(answers)}: {mixed[:3]}"


def report(fault: str, answers: Sequence[Answer], statuses: dict[str, str]) -> None:
    """Add a line to the file that FAULTS_REPORT names: the figures of docs/reliability.md come from there."""
    if not REPORT:
        return
    counts = {status: sum(answer.status == status for answer in answers) for status in {a.status for a in answers}}
    figures = {
        "fault": fault,
        "requests": len(answers),
        "statuses": dict(sorted(counts.items())),
        "slowest_seconds": round(max((answer.seconds for answer in answers if answer.status), default=0.0), 2),
        "stored": len(statuses),
        "failed": sum(status == "failed" for status in statuses.values()),
    }
    with Path(REPORT).open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(figures) + "\n")
