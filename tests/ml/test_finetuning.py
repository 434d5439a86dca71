"""Mixing old and new examples, and thresholds that accept as much as before."""

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from ml.architectures import build
from ml.artifact import CardFields, save_artifact
from ml.calibration import Judgement, Thresholds
from ml.data import NOT_A_DIGIT, DataFiles, LabelledImages
from ml.examples import PICTURES
from ml.finetuning import LEARNED, MAX_REPEATS, Material, fine_tune, gather_material, match_thresholds
from tests.ml.sources import printed_digits, write_mnist


def judgements(seed: int, sharpness: float) -> Judgement:
    """A thousand digits judged by some network."""
    rng = np.random.default_rng(seed)
    scores = np.exp(sharpness * rng.normal(size=(1000, 10)))
    return Judgement(scores / scores.sum(axis=1, keepdims=True), rng.random(1000) ** 3, np.zeros(1000))


def test_matched_thresholds_accept_as_many() -> None:
    before, now = judgements(1, 3.0), judgements(2, 1.5)
    thresholds = {"confidence": 0.3, "outlier": 0.7}

    matched = match_thresholds(now, before, thresholds)

    assert 100 < before.accepted(Thresholds(**thresholds)).sum() == now.accepted(Thresholds(**matched)).sum() < 900
    assert (before.outlier <= 0.7).sum() == (now.outlier <= matched["outlier"]).sum()
    assert set(match_thresholds(now, before, {"confidence": 0.3})) == {"confidence"}


def test_reviewed_digits_are_repeated_and_nothing_else_is_forgotten(tmp_path: Path) -> None:
    mnist = write_mnist(tmp_path / "mnist.npz")
    few = LabelledImages(np.full((4, 28, 28), 200, np.uint8), np.array([1, 2, 3, NOT_A_DIGIT]))

    material = gather_material(
        DataFiles(mnist, None, None), few, outliers=True, limit=400, pictures="none", cache=tmp_path / "pictures"
    )

    is_reviewed = (material.training.images == 200).all(axis=(1, 2))
    scribbled = (~is_reviewed & (material.training.labels == NOT_A_DIGIT)).sum()
    assert is_reviewed.sum() == 4 * min(MAX_REPEATS, 25)
    assert 20 < scribbled <= 40
    assert (~is_reviewed & (material.training.labels < NOT_A_DIGIT)).sum() == 400 - 100 - scribbled
    assert len(material.validation[LEARNED]) == 4
    assert set(material.hashes) == {"mnist"}


def test_of_many_reviewed_digits_some_are_chosen(tmp_path: Path) -> None:
    files = DataFiles(write_mnist(tmp_path / "mnist.npz"), None, None)
    numbers = np.arange(900)
    many = LabelledImages(np.full((900, 28, 28), 200, np.uint8), numbers % 10)
    many.images[:, 0, :2] = np.stack([numbers // 256, numbers % 256], 1)

    def learned(limit: int) -> tuple[int, list[int]]:
        cache = tmp_path / "pictures"
        material = gather_material(files, many, outliers=True, limit=limit, pictures="none", cache=cache)
        corners = {tuple(corner) for corner in material.validation[LEARNED].images[:, 0, :2].tolist()}
        is_reviewed = (material.training.images[:, 1:] == 200).all(axis=(1, 2))
        chosen = [(high, low) for high, low in material.training.images[is_reviewed, 0, :2].tolist()]
        assert corners == set(chosen)
        return len(material.training), [256 * high + low for high, low in chosen]

    total, chosen = learned(800)

    assert total == 800
    assert len(chosen) == len(set(chosen)) == 200
    assert max(chosen) > 700
    assert learned(800) == (total, chosen)


def test_an_epoch_has_as_many_examples_as_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PICTURES, "few", {"mnist": 30, "junk": 10})
    files, cache = DataFiles(write_mnist(tmp_path / "mnist.npz"), None, None), tmp_path / "pictures"

    for limit, outliers in product((1, 3, 10, 47, 400), (True, False)):
        reviewed = printed_digits(7, 3)
        material = gather_material(files, reviewed, outliers=outliers, limit=limit, pictures="few", cache=cache)

        assert len(material.training) == limit


def test_a_killed_fine_tuning_goes_on_and_other_material_is_refused(tmp_path: Path) -> None:
    start = tmp_path / "start.keras"
    fields = CardFields("simple", "softmax10", "1", {}, {}, 1.0, {"confidence": 0.5})
    card = save_artifact(build("simple"), fields, start)
    material = Material(printed_digits(1280, 1), {"mnist": printed_digits(20, 2)}, {"mnist": "a hash"}, "none")
    said: list[str] = []

    def breaking_off(sentence: str) -> None:
        if sentence.startswith("Epoch 2"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fine_tune(start, card, material, epochs=2, folder=tmp_path / "work", report=breaking_off)
    for other in (replace(material, hashes={"mnist": "another"}), replace(material, pictures="few")):
        with pytest.raises(ValueError, match="holds another training"):
            fine_tune(start, card, other, epochs=2, folder=tmp_path / "work", report=said.append)
    fine_tune(start, card, material, epochs=2, folder=tmp_path / "work", report=said.append)

    assert said == ["Epoch 2 of 2, batch 10 of 10."]


def test_a_network_that_cannot_refuse_learns_digits_only(tmp_path: Path) -> None:
    reviewed = printed_digits(10, 3)
    reviewed.labels[:5] = NOT_A_DIGIT

    material = gather_material(
        DataFiles(write_mnist(tmp_path / "mnist.npz"), None, None),
        reviewed,
        outliers=False,
        limit=400,
        pictures="none",
        cache=tmp_path / "pictures",
    )

    assert material.training.labels.max() < NOT_A_DIGIT
    assert len(material.validation[LEARNED]) == 5
