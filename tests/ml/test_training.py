import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ml.architectures import build
from ml.artifact import CardFields, save_artifact
from ml.data import LabelledImages, join
from ml.network_accuracy import accuracy, score
from ml.training import Recipe, go_back, train
from tests.ml.sources import printed_digits

RECIPE = Recipe("simple", epochs=4, batch_size=32, average_momentum=0.9, clean_after=2, gentle_epochs=1)
VALIDATION = {"mnist": printed_digits(100, 7)}


def test_training_learns_and_keeps_the_best_epoch(tmp_path: Path) -> None:
    recipe = Recipe("simple", epochs=3, batch_size=32, learning_rate=4e-3, average_momentum=0.9)

    network = train(recipe, seed=0, training=printed_digits(1000, 1), validation=VALIDATION, folder=tmp_path)

    assert len(network.history) == recipe.epochs
    assert network.validation_accuracy == max(epoch["validation_accuracy"] for epoch in network.history) > 0.6
    examples = VALIDATION["mnist"]
    found = accuracy(score(network.model, examples.images), examples.labels)
    assert found == pytest.approx(network.validation_accuracy)


def test_killed_training_goes_on_where_it_was_and_ends_the_same(tmp_path: Path) -> None:
    script = """
import sys
from pathlib import Path
from tests.ml.test_training import RECIPE, VALIDATION
from tests.ml.sources import printed_digits
from ml.training import train
images = printed_digits(800, 1)
train(RECIPE, seed=5, training=images, validation=VALIDATION, folder=Path(sys.argv[1]))
"""
    command = [sys.executable, "-c", script, str(tmp_path / "killed")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    progress = tmp_path / "killed" / "progress.json"
    deadline = time.monotonic() + 200
    while not progress.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert 1 <= len(json.loads(progress.read_text())["reached"]) < RECIPE.epochs

    images = printed_digits(800, 1)
    resumed = train(RECIPE, seed=5, training=images, validation=VALIDATION, folder=tmp_path / "killed")
    straight = train(RECIPE, seed=5, training=images, validation=VALIDATION, folder=tmp_path / "straight")

    assert len(resumed.history) == len(straight.history) == RECIPE.epochs
    for one, other in zip(resumed.model.get_weights(), straight.model.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)


def test_folder_of_another_training_is_refused(tmp_path: Path) -> None:
    recipe = Recipe("simple", epochs=1, batch_size=32)
    asked: dict[str, Any] = {
        "seed": 0,
        "training": printed_digits(64, 1),
        "validation": VALIDATION,
        "folder": tmp_path / "work",
        "made_from": {"mnist": "a hash", "pictures": "none"},
        "start_from": _saved(tmp_path / "start.keras"),
    }
    first = train(recipe, **asked)

    for another in (
        {"seed": 1},
        {"training": printed_digits(96, 1)},
        {"made_from": {"mnist": "another hash", "pictures": "none"}},
        {"made_from": {"mnist": "a hash", "pictures": "few"}},
        {"start_from": _saved(tmp_path / "other.keras")},
        {"start_from": None},
    ):
        with pytest.raises(ValueError, match="holds another training"):
            train(recipe, **{**asked, **another})
    assert train(recipe, **asked).history == first.history


def _saved(path: Path) -> Path:
    """A new network of random weights, as a model file."""
    save_artifact(build("simple"), CardFields("simple", "softmax10", "1", {}, {}, 1.0, {"confidence": 0.5}), path)
    return path


def test_wrong_labels_are_left_out_after_a_while(tmp_path: Path) -> None:
    good = printed_digits(1500, 1)
    wrong = LabelledImages(good.images[:30], (good.labels[:30] + 5) % 10)
    recipe = Recipe("simple", epochs=4, batch_size=32, learning_rate=4e-3, average_momentum=0.9, clean_after=3)

    train(recipe, seed=0, training=join([good, wrong]), validation=VALIDATION, folder=tmp_path)

    kept = set(np.load(tmp_path / "kept.npy"))
    assert len(kept & set(range(1500))) > 1450
    assert len(kept & set(range(1500, 1530))) < 22


def test_training_can_start_from_known_weights(tmp_path: Path) -> None:
    start = build("simple")
    fields = CardFields("simple", "softmax10", "1", {}, {}, 1.0, {"confidence": 0.5})
    save_artifact(start, fields, tmp_path / "start.keras")
    recipe = Recipe("simple", epochs=1, batch_size=32, learning_rate=1e-6)

    network = train(
        recipe,
        seed=0,
        training=printed_digits(64, 1),
        validation=VALIDATION,
        folder=tmp_path / "work",
        start_from=tmp_path / "start.keras",
    )

    for one, other in zip(network.model.get_weights(), start.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)


def test_going_back_mixes_the_weights() -> None:
    start, model = build("simple"), build("simple")
    trained = model.get_weights()

    go_back(model, start, 0.25)

    for mixed, old, new in zip(model.get_weights(), start.get_weights(), trained, strict=True):
        np.testing.assert_allclose(mixed, 0.25 * old + 0.75 * new, rtol=1e-5, atol=1e-7)


def test_the_last_epochs_bend_less() -> None:
    amounts = [RECIPE.distortion_in(epoch) for epoch in range(RECIPE.epochs)]

    assert amounts[:3] == [RECIPE.distortion] * 3
    assert amounts[3].rotation < RECIPE.distortion.rotation and amounts[3].elastic < RECIPE.distortion.elastic
