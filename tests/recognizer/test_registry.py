"""Versions, what is live when, and how a running worker follows."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError
from django.db import IntegrityError, transaction
from django.test import Client

from ml.artifact import SHIPPED_MODEL, card_path
from ml.calibration import Thresholds
from recognizer import dispatch, registry, services, serving
from recognizer.models import Deployment, ModelVersion
from recognizer.registry import RegistryError
from recognizer.versions import Action, Role, Source
from tests import factories
from tests.commands import run
from tests.pictures import png
from tests.processes import Process, wait_until
from tests.recognizer.models import disturbed_model, live


@pytest.fixture(scope="session")
def model_files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two sound models that are not the shipped one and read as it does."""
    folder = tmp_path_factory.mktemp("models")
    return [disturbed_model(folder, noise=0.01, seed=seed) for seed in (1, 2)]


@pytest.fixture
def candidates(db: None, model_files: list[Path]) -> Iterator[list[ModelVersion]]:
    """The two, registered as having passed the gate, one after the other; their files are whole again afterwards."""
    versions, before = [], live()
    for file in model_files:
        passed = {"passed": True, "sentence": "Worse in none.", "figures": [], "live": before.version}
        versions.append(registry.register(file, source=Source.RETRAINED, gate=passed))
        before = versions[-1]
    yield versions
    for version in versions:
        version.path.unlink(missing_ok=True)


def models(*arguments: str) -> str:
    """What `manage.py models` prints."""
    return run("models", *arguments)


def test_the_shipped_model_is_live_from_the_start(db: None, settings: Any) -> None:
    shipped = json.loads(card_path(settings.MODEL_PATH).read_text())

    assert live().version == shipped["version"]
    assert (live().sha256, live().source) == (shipped["sha256"], Source.SHIPPED)
    assert live().path.is_file()


def test_an_upgrade_brings_its_model_unless_somebody_chose_another(
    candidates: list[ModelVersion], model_files: list[Path], settings: Any
) -> None:
    settings.MODEL_PATH = model_files[0]
    registry.adopt_shipped()
    assert live() == candidates[0]

    registry.promote(candidates[1].version, by="rita")
    settings.MODEL_PATH = SHIPPED_MODEL
    registry.adopt_shipped()
    assert live() == candidates[1]


def test_the_operator_moves_the_thresholds(db: None, settings: Any) -> None:
    assert serving.load(live()).thresholds.confidence == serving.load(live()).card.thresholds["confidence"]

    settings.MIN_CONFIDENCE, settings.MAX_OUTLIER = 0.9, 0.0

    assert serving.load(live()).thresholds == Thresholds(confidence=0.9, outlier=0.0)


def test_history_says_what_was_live_when_and_who_did_it(candidates: list[ModelVersion]) -> None:
    first, (one, two) = live(), candidates

    registry.promote(one.version, by="rita")
    registry.promote(two.version, by="omid")
    assert registry.rollback(by="omid", reason="reads 7 as 1") == one
    assert registry.rollback(by="rita") == first

    history = list(Deployment.objects.filter(role=Role.LIVE).order_by("id"))
    assert [row.model_version for row in history] == [first, one, two, one, first]
    assert [row.by for row in history] == ["", "rita", "omid", "omid", "rita"]
    assert [row.ended_at for row in history[:-1]] == [row.began_at for row in history[1:]]
    assert history[-1].ended_at is None
    assert "reads 7 as 1" in models("list")


def test_there_is_nothing_before_the_first(db: None) -> None:
    with pytest.raises(CommandError, match="no other version was live before"):
        models("rollback")


@pytest.mark.parametrize("damage", ["missing", "changed", "card"])
def test_a_damaged_file_is_refused_and_the_live_one_stays(candidates: list[ModelVersion], damage: str) -> None:
    before, version = live(), candidates[0]
    if damage == "missing":
        version.path.unlink()
    elif damage == "changed":
        version.path.write_bytes(version.path.read_bytes()[:-1] + b"?")
    else:
        card_path(version.path).write_text("{")

    for action in ("promote", "shadow"):
        with pytest.raises(CommandError, match=f"{version.version} cannot be used"):
            models(action, version.version)

    assert live() == before
    assert not Deployment.objects.filter(model_version=version).exists()
    assert "cannot be used" in models("list")


def test_another_model_under_its_name_is_refused(candidates: list[ModelVersion]) -> None:
    one, two = candidates
    shutil.copyfile(one.path, two.path)
    shutil.copyfile(card_path(one.path), card_path(two.path))

    with pytest.raises(RegistryError, match="is another model"):
        registry.promote(two.version, by="rita")


def test_only_what_passed_goes_live_unless_somebody_insists(db: None, model_files: list[Path]) -> None:
    said = models("register", str(model_files[0]))
    version = ModelVersion.objects.get(source=Source.FILE)
    assert version.version in said

    with pytest.raises(CommandError, match=r"did not pass the gate\. It was not compared with"):
        models("promote", version.version)
    models("--by", "rita", "promote", version.version, "--force", "measured by hand")

    row = Deployment.objects.get(model_version=version)
    assert (row.action, row.by, row.reason) == (Action.PROMOTED, "rita", "measured by hand")


def test_the_comparison_must_be_with_the_version_that_is_live_now(candidates: list[ModelVersion]) -> None:
    with pytest.raises(CommandError, match=f"was not compared with {live()}"):
        models("promote", candidates[1].version)


def test_unknown_versions_are_named_with_those_there_are(db: None) -> None:
    with pytest.raises(CommandError, match=f"no model version 'nonsense'. There are: {live().version}"):
        models("promote", "nonsense")


def test_a_name_that_leads_out_of_the_folder_is_refused(db: None, model_files: list[Path], tmp_path: Path) -> None:
    path = tmp_path / "evil.keras"
    shutil.copyfile(model_files[0], path)
    card = json.loads(card_path(model_files[0]).read_text())
    card_path(path).write_text(json.dumps(card | {"version": "../../evil"}))

    with pytest.raises(RegistryError, match="no name for a version"):
        registry.register(path, source=Source.FILE)


def test_the_shadow_is_one_and_never_the_live_one(candidates: list[ModelVersion]) -> None:
    one, two = candidates
    models("shadow", one.version)
    models("shadow", two.version)
    assert registry.current(Role.SHADOW) == two

    registry.promote(two.version, by="rita", insisting="for the test")
    assert registry.current(Role.SHADOW) is None
    with pytest.raises(CommandError, match="is live"):
        models("shadow", two.version)

    models("shadow", one.version)
    assert "No version" in models("shadow", "off")
    assert registry.current(Role.SHADOW) is None


def test_the_database_allows_one_live_version(candidates: list[ModelVersion]) -> None:
    with pytest.raises(IntegrityError, match="role"), transaction.atomic():
        Deployment.objects.create(model_version=candidates[0], role=Role.LIVE, action=Action.PROMOTED)


def test_the_api_lists_versions(client: Client, candidates: list[ModelVersion]) -> None:
    registry.promote(candidates[0].version, by="rita")
    registry.set_shadow(candidates[1].version, by="rita")

    listed = {row["version"]: row for row in client.get("/api/v1/models/").json()}

    assert [name for name, row in listed.items() if row["live"]] == [candidates[0].version]
    assert [name for name, row in listed.items() if row["shadow"]] == [candidates[1].version]
    assert {row["sha256"] for row in listed.values()} == set(ModelVersion.objects.values_list("sha256", flat=True))


def read_by() -> str:
    """The version that reads a new submission."""
    row = services.read(submission=services.submit(image=png("7"), channel="api"), timeout=60)
    assert row.prediction is not None and row.prediction.text == "7"
    version = ModelVersion.objects.get(version=row.prediction.model_version)
    assert row.prediction.model_sha256 == version.sha256
    return version.version


def test_a_running_worker_follows_and_loses_nothing(worker: Process, candidates: list[ModelVersion]) -> None:
    first, pid = live().version, worker.pid
    assert read_by() == first

    registry.promote(candidates[0].version, by="rita")
    rows = [services.submit(image=png("7"), channel="api") for _ in range(40)]
    futures = services.request_readings(submissions=rows)
    assert [future.result(60)["prediction"]["text"] for future in futures] == ["7"] * 40
    wait_until(lambda: read_by() == candidates[0].version, what="the promoted version to answer")

    registry.rollback(by="rita")
    wait_until(lambda: read_by() == first, what="the first version to answer again")
    assert worker.alive() and worker.pid == pid


def test_a_worker_killed_during_a_promotion_leaves_it_to_the_next(
    worker: Process, candidates: list[ModelVersion]
) -> None:
    registry.promote(candidates[0].version, by="rita")
    worker.kill()
    waiting = services.submit(image=png("7"), channel="api")
    services.request_readings(submissions=[waiting])

    worker.start()

    wait_until(
        lambda: services.get_submission(str(waiting.id)).prediction, what="the next worker to read it", timeout=180
    )
    read = services.get_submission(str(waiting.id)).prediction
    assert read is not None and (read.text, read.model_sha256) == ("7", candidates[0].sha256)


def test_a_worker_keeps_its_model_when_the_new_one_is_damaged(worker: Process, candidates: list[ModelVersion]) -> None:
    first, version = live(), candidates[0]
    # The test before may have left it with the very version that is promoted here.
    wait_until(lambda: read_by() == first.version, what="the first version to answer")
    # The worker sees the promotion only once the file is damaged, however quick it is.
    with transaction.atomic():
        registry.promote(version.version, by="rita")
        version.path.write_bytes(b"damaged after it was promoted")
    told = f"{version} cannot be used"

    wait_until(lambda: told in worker.output(), what="the worker to tell of the damage")

    assert read_by() == first.version
    assert dispatch.worker_answers(timeout=10)
    assert worker.output().count(told) == 1


def test_the_admin_shows_versions_and_lets_one_answer(client: Client, candidates: list[ModelVersion]) -> None:
    client.force_login(User.objects.create_superuser("root"))
    first, (one, two) = live(), candidates
    page = "/admin/recognizer/modelversion/"

    def choose(action: str, *versions: ModelVersion) -> str:
        data = {"action": action, "_selected_action": [version.id for version in versions]}
        return client.post(page, data, follow=True).content.decode()

    assert all(version.version in client.get(page).content.decode() for version in (first, one, two))
    assert "Choose one version." in choose("promote", one, two)
    assert "was not compared with" in choose("promote", two)
    assert live() == first

    assert f"Live now: {one}" in choose("promote", one)
    assert f"when workers are idle: {two}" in choose("read_along", two)

    assert (live(), registry.current(Role.SHADOW)) == (one, two)
    assert Deployment.objects.get(model_version=one).by == "root"
    assert one.sha256 in client.get(f"{page}{one.id}/change/").content.decode()


def test_reviewers_do_not_choose_versions(client: Client, db: None) -> None:
    client.force_login(factories.reviewer())

    assert client.get("/admin/recognizer/modelversion/").status_code == 403
