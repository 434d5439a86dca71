import json
import subprocess
import sys
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest

from ml.artifact import (
    COMPILED,
    SHIPPED_MODEL,
    ArtifactError,
    CardFields,
    card_path,
    file_sha256,
    load_compiled,
    load_model,
    read_card,
    save_artifact,
    verify,
)
from ml.scoring import Scorer

FIELDS = CardFields(
    architecture="tiny",
    outputs="softmax10",
    preprocessing_version="1",
    data={"mnist": "ab" * 32},
    metrics={"accuracy": 0.5},
    temperature=1.5,
    thresholds={"confidence": 0.6},
)


def card_of(path: Path) -> None:
    """Let the card describe the file as it is now."""
    values = json.loads(card_path(path).read_text()) | {"sha256": file_sha256(path)}
    card_path(path).write_text(json.dumps(values))


@pytest.fixture
def model() -> keras.Model:
    layers = [keras.layers.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")]
    return keras.Sequential(layers)


@pytest.fixture
def artifact(model: keras.Model, tmp_path: Path) -> Path:
    path = tmp_path / "model.keras"
    save_artifact(model, FIELDS, path)
    return path


def test_saved_model_loads_with_the_same_outputs(model: keras.Model, artifact: Path) -> None:
    images = np.random.default_rng(0).random((3, 28, 28, 1), np.float32)

    loaded, card = load_model(artifact)

    np.testing.assert_array_equal(loaded(images), model(images))
    assert (card.architecture, card.temperature, card.thresholds) == ("tiny", 1.5, {"confidence": 0.6})
    assert card.version.startswith("tiny-")
    assert card.version.endswith(card.sha256[:8])


def test_saving_leaves_only_the_model_and_its_card(artifact: Path) -> None:
    assert {path.name for path in artifact.parent.iterdir()} == {"model.keras", "model.json"}


def test_an_artifact_without_a_compiled_network_is_compiled_when_it_is_loaded(artifact: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare.keras"
    with zipfile.ZipFile(artifact) as source, zipfile.ZipFile(bare, "w") as target:
        for name in source.namelist():
            if name != COMPILED:
                target.writestr(name, source.read(name))
    card_path(bare).write_text(card_path(artifact).read_text())
    card_of(bare)
    images = np.random.default_rng(0).random((3, 28, 28), np.float32)

    outputs = Scorer(*load_compiled(bare)).outputs(images)

    np.testing.assert_allclose(outputs, Scorer(*load_compiled(artifact)).outputs(images), rtol=1e-5)


def test_a_file_that_is_no_archive_is_refused(artifact: Path) -> None:
    artifact.write_bytes(b"weights of another format")
    card_of(artifact)

    with pytest.raises(ArtifactError, match="cannot be opened"):
        load_compiled(artifact)


def test_a_broken_member_is_refused_though_the_hash_fits(artifact: Path) -> None:
    with zipfile.ZipFile(artifact) as archive:
        start = archive.getinfo(COMPILED).header_offset
    data = bytearray(artifact.read_bytes())
    data[start + 200] ^= 1
    artifact.write_bytes(data)
    card_of(artifact)

    with pytest.raises(ArtifactError, match="cannot be opened"):
        load_compiled(artifact)


def test_a_network_that_cannot_be_compiled_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "odd.keras"
    entries = [keras.layers.Input((28, 28, 1)), keras.layers.Input((28, 28, 1))]
    score = keras.layers.Dense(10)(keras.layers.Flatten()(keras.layers.Add()(entries)))
    keras.Model(entries, score).save(path)
    fields = {name: getattr(FIELDS, name) for name in CardFields.__slots__}
    card_path(path).write_text(json.dumps(fields | {"version": "odd", "sha256": "", "created_at": ""}))
    card_of(path)

    with pytest.raises(ArtifactError, match="cannot be compiled"):
        load_compiled(path)


def test_one_changed_byte_is_noticed(artifact: Path) -> None:
    data = bytearray(artifact.read_bytes())
    data[len(data) // 2] ^= 1
    artifact.write_bytes(data)

    with pytest.raises(ArtifactError, match="not the one its card describes"):
        load_model(artifact)


def test_card_of_another_model_is_noticed(model: keras.Model, artifact: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.keras"
    model.layers[-1].kernel.assign_add(np.ones((784, 10), np.float32))
    save_artifact(model, FIELDS, other)
    card_path(other).replace(card_path(artifact))

    with pytest.raises(ArtifactError, match="not the one its card describes"):
        verify(artifact)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("sha256", None, "lacks the field 'sha256'"),
        ("outputs", "words", "unknown outputs 'words'"),
        ("temperature", 0, "no positive number"),
        ("temperature", "hot", "no positive number"),
        ("thresholds", {}, "needs a confidence threshold"),
        ("thresholds", {"confidence": 0.5, "distance": 1.0}, "needs a confidence threshold"),
    ],
)
def test_wrong_card_is_refused(artifact: Path, field: str, value: object, message: str) -> None:
    values = json.loads(card_path(artifact).read_text())
    values = {**values, field: value} if value is not None else {k: v for k, v in values.items() if k != field}
    card_path(artifact).write_text(json.dumps(values))

    with pytest.raises(ArtifactError, match=message):
        read_card(artifact)


def test_truncated_card_is_refused(artifact: Path) -> None:
    card_path(artifact).write_text('{"version": "tiny')

    with pytest.raises(ArtifactError, match="damaged"):
        read_card(artifact)


def test_missing_files_are_named(artifact: Path) -> None:
    artifact.unlink()
    with pytest.raises(ArtifactError, match="cannot be read"):
        verify(artifact)

    card_path(artifact).unlink()
    with pytest.raises(ArtifactError, match="model card"):
        verify(artifact)


def test_outputs_that_do_not_fit_the_card_are_refused(tmp_path: Path) -> None:
    wide = keras.Sequential([keras.layers.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(11)])
    save_artifact(wide, FIELDS, tmp_path / "wide.keras")

    with pytest.raises(ArtifactError, match="11 outputs"):
        load_model(tmp_path / "wide.keras")


def test_shipped_model_is_whole_and_small() -> None:
    model, card = load_model(SHIPPED_MODEL)

    assert model.input_shape == (None, 28, 28, 1)
    assert SHIPPED_MODEL.stat().st_size < 5_000_000
    assert max(card.metrics["validation_accuracy"]) > 0.98


def test_the_model_card_for_people_is_of_the_shipped_model() -> None:
    card = read_card(SHIPPED_MODEL)
    written = SHIPPED_MODEL.with_name("README.md").read_text(encoding="utf-8")

    assert card.version in written
    assert card.sha256 in written


def test_opening_the_shipped_model_to_read_loads_no_keras() -> None:
    script = "import sys; from ml.artifact import *; load_compiled(SHIPPED_MODEL); sys.exit('keras' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
