"""Mixing old and new examples, and thresholds that accept as much as before."""

from pathlib import Path

import numpy as np

from ml.calibration import Judgement, Thresholds
from ml.data import NOT_A_DIGIT, DataFiles, LabelledImages
from ml.finetuning import LEARNED, MAX_REPEATS, gather_material, match_thresholds
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
    assert is_reviewed.sum() == 4 * min(MAX_REPEATS, 25)
    assert (~is_reviewed & (material.training.labels < NOT_A_DIGIT)).sum() == 200
    assert (~is_reviewed & (material.training.labels == NOT_A_DIGIT)).sum() > 20
    assert len(material.validation[LEARNED]) == 4
    assert set(material.hashes) == {"mnist"}


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
