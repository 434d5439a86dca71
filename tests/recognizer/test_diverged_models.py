"""Networks that answer NaN: no hash gives them away, so they are tried before they are trusted."""

import shutil
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from ml.artifact import SHIPPED_MODEL, ArtifactError, card_path, load_model, read_card
from ml.calibration import Thresholds
from ml.compiling import compile_network
from ml.data import LabelledImages
from ml.gate import LabelledPicture, compare
from ml.inference import Recognizer
from ml.scoring import Scorer
from recognizer import recognition, registry, services, serving, shadowing
from recognizer.models import ModelVersion, Prediction, Status, Submission
from recognizer.registry import RegistryError
from recognizer.versions import Action, Deployment, Role, Source
from tests import factories
from tests.pictures import png
from tests.processes import Process, wait_until
from tests.recognizer.models import diverged, diverged_model


@pytest.fixture(scope="session")
def diverged_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole file of a network that answers NaN."""
    return diverged_model(tmp_path_factory.mktemp("diverged"))


@pytest.fixture
def gone_wrong() -> Recognizer:
    """A loaded model that answers NaN, though it was sound when it was tried."""
    model, card = load_model(SHIPPED_MODEL)
    return Recognizer(Scorer(compile_network(diverged(model)), card), card, Thresholds(0.5, 1.0))


def registered_unseen(file: Path) -> ModelVersion:
    """As an older release, which did not try its models, would have left it in the database."""
    card = read_card(file)
    version = ModelVersion.objects.create(
        version=card.version,
        sha256=card.sha256,
        architecture=card.architecture,
        preprocessing_version=card.preprocessing_version,
        source=Source.FILE,
        card={},
    )
    for source, target in ((file, version.path), (card_path(file), card_path(version.path))):
        shutil.copyfile(source, target)
    return version


def test_it_is_not_registered(db: None, diverged_file: Path) -> None:
    with pytest.raises(CommandError, match="answers NaN or infinity instead of numbers"):
        call_command("models", "register", str(diverged_file))

    assert not ModelVersion.objects.filter(source=Source.FILE).exists()


def test_the_gate_refuses_it(diverged_file: Path) -> None:
    sets = {"mnist": LabelledImages(np.zeros((4, 28, 28), np.uint8), np.arange(4))}

    with pytest.raises(ArtifactError, match="answers NaN or infinity"):
        compare(SHIPPED_MODEL, diverged_file, sets, [LabelledPicture(png("7"), "7")])


def test_comparing_and_loading_it_is_refused(db: None, diverged_file: Path, tmp_path: Path) -> None:
    version = registered_unseen(diverged_file)

    with pytest.raises(RegistryError, match=r"cannot be used\. The model .* answers NaN"):
        serving.load(version)
    with pytest.raises(CommandError, match=r"cannot be used\. The model .* answers NaN"):
        call_command("replay", version.version)


def test_a_worker_keeps_the_model_it_has(worker: Process, client: Client, diverged_file: Path) -> None:
    before = registry.current(Role.LIVE)
    version = registered_unseen(diverged_file)
    Deployment.objects.filter(role=Role.LIVE, ended_at=None).update(ended_at=version.registered_at)

    Deployment.objects.create(model_version=version, role=Role.LIVE, action=Action.PROMOTED)
    refusal = f"{version} cannot be used. The model {version} answers NaN"
    wait_until(lambda: refusal in worker.output(), what="the worker's line")

    answer = client.post("/api/v1/predictions/", png("7"), "image/png").json()
    assert (answer["text"], answer["model"]["version"]) == ("7", str(before))


def test_what_it_cannot_answer_is_stored_as_failed_and_logged(
    db: None, gone_wrong: Recognizer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, client: Client
) -> None:
    monkeypatch.setattr(serving, "live", lambda: gone_wrong)
    row, damaged = (services.submit(image=data, channel="api") for data in (png("7"), png("7")[:300]))

    replies = recognition.recognise([str(row.id), str(damaged.id)])

    assert {UUID(key): reply["error_code"] for key, reply in replies.items()} == {
        row.id: "model_failed",
        damaged.id: "unreadable_image",
    }
    row.refresh_from_db()
    assert (row.status, row.error_code, row.attempts) == (Status.FAILED, "model_failed", 1)
    assert "answered NaN or infinity to 1 of 2 pictures" in caplog.text
    assert client.get(f"/api/v1/predictions/{row.id}/").json()["error"] == "model_failed"


def test_a_shadow_that_goes_wrong_leaves_a_line_and_no_reading(
    db: None, gone_wrong: Recognizer, caplog: pytest.LogCaptureFixture
) -> None:
    row = factories.read("7")

    assert shadowing.read_unseen(gone_wrong, [row.id]) == 0

    assert "answered NaN or infinity to 1 of 1 pictures" in caplog.text
    assert Prediction.objects.get(submission=row).live
    assert Submission.objects.get().status == Status.DONE


def test_a_reading_that_breaks_a_rule_is_no_silence(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes may read the same: that is left out; anything else is an error."""
    model = Recognizer.load(SHIPPED_MODEL)
    row = factories.read("7")
    assert [shadowing.read_unseen(model, [row.id]) for _ in range(2)] == [1, 0]
    other = factories.read("7", image=png("4"))
    store = recognition.as_prediction

    def broken(*arguments: object, **more: object) -> Prediction:
        prediction = store(*arguments, **more)  # type: ignore[arg-type]
        prediction.confidence = 2.0
        return prediction

    monkeypatch.setattr(recognition, "as_prediction", broken)
    with pytest.raises(Exception, match="prediction_confidence"):
        shadowing.read_unseen(model, [other.id])
