"""Learning from what reviewers said: what is learned from, what is measured, and what breaks off."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError

from recognizer import labels, registry, retraining, review
from recognizer.models import ModelVersion, Retraining, Submission
from recognizer.versions import SILENT_AFTER, Source, State
from tests import factories, persian
from tests.commands import run
from tests.ml.sources import small_mnist
from tests.recognizer.models import disturbed_model, live

# Training competes with whatever else runs on the machine.
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="session")
def mnist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small mnist.npz."""
    return small_mnist(tmp_path_factory.mktemp("mnist"))


@pytest.fixture(autouse=True)
def no_checkpoints(transactional_db: None) -> Iterator[None]:
    """Each test trains from the beginning, and leaves no model behind."""
    yield
    for version in ModelVersion.objects.exclude(source=Source.SHIPPED):
        version.path.unlink(missing_ok=True)


def reviewed(count: int) -> list[Submission]:
    """So many of each Persian digit, read as something else and corrected by a reviewer."""
    reviewer = factories.reviewer("omid")
    rows = []
    for seed in range(count):
        for digit in persian.FIGURES:
            row = factories.read("1", image=persian.picture(digit, seed))
            rows.append(review.decide(submission_id=row.id, label=digit, reviewer=reviewer).submission)
    return rows


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
