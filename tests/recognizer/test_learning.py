"""The whole loop with real parts: pictures come, a reviewer corrects, a candidate learns, the worker answers by it."""

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from PIL import Image, ImageDraw

from ml.artifact import read_card
from recognizer import labels, registry, retraining, review
from recognizer.models import Deployment, ModelVersion, Retraining, Submission
from recognizer.versions import SILENT_AFTER, Role, Source, State
from tests import factories
from tests.ml.sources import write_mnist
from tests.pictures import encoded, png
from tests.processes import ROOT, Process, wait_until
from tests.recognizer.models import disturbed_model

# Persian 7 and 8: MNIST has no such figures.
PERSIAN = {"7": [(22, 15), (50, 88), (78, 15)], "8": [(22, 88), (50, 12), (78, 88)]}
# Training competes with whatever else runs on the machine.
pytestmark = pytest.mark.timeout(900)
QUICK = ("--epochs", "8", "--limit", "2000", "--pictures", "none")


@pytest.fixture(scope="session")
def mnist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small mnist.npz: of the real one where there is one, else of printed digits."""
    path = tmp_path_factory.mktemp("mnist") / "mnist.npz"
    if not (named := os.environ.get("DIGITS_MNIST")):
        return write_mnist(path, training=3000)
    with np.load(named) as whole:
        np.savez(path, **{name: whole[name][:6000] for name in ("x_train", "y_train", "x_test", "y_test")})
    return path


@pytest.fixture(autouse=True)
def no_checkpoints(transactional_db: None) -> Iterator[None]:
    """Each test trains from the beginning, and leaves no model behind."""
    yield
    for version in ModelVersion.objects.exclude(source=Source.SHIPPED):
        version.path.unlink(missing_ok=True)


def persian(digit: str, seed: int) -> bytes:
    """A Persian digit, drawn a little differently for each seed."""
    rng = np.random.default_rng([seed, int(digit)])
    image = Image.new("RGB", (280, 280), "white")
    points = [tuple(2.8 * (np.array(point) + rng.uniform(-7, 7, 2))) for point in PERSIAN[digit]]
    ImageDraw.Draw(image).line(points, fill="black", width=int(rng.integers(12, 24)), joint="curve")
    return encoded(image)


def run(command: str, *arguments: str) -> str:
    """What a management command prints."""
    out = io.StringIO()
    call_command(command, *arguments, stdout=out, stderr=out)
    return out.getvalue()


def live() -> ModelVersion:
    """The version that answers."""
    version = registry.current(Role.LIVE)
    assert version is not None
    return version


def reviewed(count: int) -> list[Submission]:
    """So many of each Persian digit, read as something else and corrected by a reviewer."""
    reviewer = factories.reviewer("omid")
    rows = []
    for seed in range(count):
        for digit in PERSIAN:
            row = factories.read("1", image=persian(digit, seed))
            rows.append(review.decide(submission_id=row.id, label=digit, reviewer=reviewer).submission)
    return rows


def test_the_loop(client: Client, worker: Process, mnist: Path) -> None:
    first, pid = live(), worker.pid

    # Pictures come; the model that is live cannot know these figures.
    url = "/api/v1/predictions/"
    sent = [
        (digit, client.post(url, persian(digit, seed), "image/png").json()) for seed in range(25) for digit in "78"
    ]
    assert {answer["model"]["version"] for _, answer in sent} == {first.version}
    assert np.mean([answer["text"] == digit for digit, answer in sent]) < 0.8

    # A reviewer corrects them.
    reviewer = factories.reviewer("omid")
    for digit, answer in sent:
        review.decide(submission_id=answer["id"], label=digit, reviewer=reviewer)
    held_out = sum(labels.is_held_out(row.id) for row in Submission.objects.all())

    # A candidate learns from all but those held out, and the gate finds it worse in nothing.
    said = run("retrain", "--data", str(mnist), *QUICK)
    candidate = ModelVersion.objects.get(source=Source.RETRAINED)
    assert f"models promote {candidate}" in said, said
    card = read_card(candidate.path)
    assert {"mnist", "reviewed", "start"} <= set(card.data) and card.data["start"] == first.sha256
    figures = {figure["name"]: figure for figure in candidate.gate["figures"]}  # type: ignore[index]
    learned = figures["reviewed and held out, right"]
    assert learned["live"]["of"] == learned["candidate"]["of"] == held_out
    assert learned["candidate"]["share"] > learned["live"]["share"], said

    # Promoted, it answers, from the same process, and gets right what nobody saw before.
    run("models", "--by", "omid", "promote", candidate.version)

    def answered_by() -> str:
        version: str = client.post(url, png("7"), "image/png").json()["model"]["version"]
        return version

    wait_until(lambda: answered_by() == candidate.version, what="the candidate to answer")
    new = [
        (digit, client.post(url, persian(digit, seed), "image/png").json()) for seed in range(90, 95) for digit in "78"
    ]
    assert {answer["model"]["sha256"] for _, answer in new} == {candidate.sha256}
    assert np.mean([answer["text"] == digit for digit, answer in new]) >= 0.8

    # And back.
    run("models", "rollback")
    wait_until(lambda: answered_by() == first.version, what="the first version to answer again")
    assert worker.alive() and worker.pid == pid
    history = Deployment.objects.filter(role=Role.LIVE).order_by("-id")
    assert [row.model_version for row in history[:3]] == [first, candidate, first]


def test_a_spoiled_candidate_is_refused_and_the_figure_is_named(mnist: Path, tmp_path: Path) -> None:
    spoiled = registry.register(disturbed_model(tmp_path, noise=3), source=Source.FILE)
    before = live()

    said = run("models", "compare", spoiled.version, "--data", str(mnist))

    assert re.search(r"Worse than the live version in .*mnist, right: \d", said), said
    with pytest.raises(CommandError, match=r"did not pass the gate. Worse than the live version in .*mnist, right"):
        run("models", "promote", spoiled.version)
    assert live() == before
    assert "mnist, right" in run("models", "list")


def test_a_model_is_not_worse_than_itself_disturbed_a_little(mnist: Path, tmp_path: Path) -> None:
    version = registry.register(disturbed_model(tmp_path, noise=0.001), source=Source.FILE)

    run("models", "compare", version.version, "--data", str(mnist))
    run("models", "promote", version.version)

    assert live() == version


def test_held_out_rows_are_never_learned_from(db: None) -> None:
    rows = reviewed(12)

    examples, _ = retraining._learnable(live())

    assert 0 < len(examples) == sum(not labels.is_held_out(row.id) for row in rows) < len(rows)


def test_one_at_a_time_and_a_dead_one_makes_room(db: None) -> None:
    first = retraining._begin("rita")
    with pytest.raises(registry.RegistryError, match="Another retraining runs"):
        retraining._begin("omid")

    Retraining.objects.filter(id=first.id).update(heard_at=first.heard_at - 2 * SILENT_AFTER)
    assert "Stopped" in run("models", "list")
    retraining._begin("omid")

    first.refresh_from_db()
    assert first.state == State.FAILED


def test_what_breaks_off_says_why(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no MNIST file at"):
        run("retrain", "--data", str(tmp_path / "nothing.npz"))

    assert "There is no MNIST file" in run("models", "list")
    assert not ModelVersion.objects.exclude(source=Source.SHIPPED).exists()


def test_in_the_background_it_tells_how_far_it_is(worker_env: dict[str, str], mnist: Path) -> None:
    reviewed(3)
    short = ("--epochs", "1", "--limit", "1280", "--pictures", "none")
    command = [sys.executable, "manage.py", "retrain", "--background", "--data", str(mnist), *short]

    started = subprocess.run(command, cwd=ROOT, env={**os.environ, **worker_env}, capture_output=True, text=True)

    assert "in the background" in started.stdout, started.stderr
    wait_until(lambda: "Retraining: Done" in run("models", "list"), what="the candidate", timeout=500)
    assert "Compares the candidate with the live version." in (retraining.folder() / "retrain.log").read_text()
    assert Submission.objects.count() == 6
    assert Retraining.objects.get().candidate is not None
