import numpy as np
import pytest

from ml.calibration import Judgement, Thresholds, choose_thresholds, expected_calibration_error, fit_temperature, judge


def sharpened_outputs(count: int, factor: float) -> tuple[np.ndarray, np.ndarray]:
    """Logits `factor` times too sure of themselves, with labels drawn from the honest probabilities."""
    rng = np.random.default_rng(0)
    honest = rng.normal(0, 2, (count, 10))
    powers = np.exp(honest)
    probabilities = powers / powers.sum(axis=1, keepdims=True)
    labels = np.array([rng.choice(10, p=row) for row in probabilities])
    outputs = np.concatenate([honest * factor, np.full((count, 2), -9.0)], axis=1)
    return outputs.astype(np.float32), labels


def test_temperature_undoes_overconfidence() -> None:
    outputs, labels = sharpened_outputs(4000, factor=1.6)

    temperature = fit_temperature(outputs, labels, "logits10+outlier+part")

    assert temperature == pytest.approx(1.6, rel=0.1)
    before, after = (judge(outputs, "logits10+outlier+part", value) for value in (1.0, temperature))
    errors = [expected_calibration_error(one.confidence, one.digits == labels) for one in (before, after)]
    assert errors[1] < 0.035 < 0.06 < errors[0]


def test_softmax_probabilities_are_kept_at_temperature_one() -> None:
    outputs = np.array([[0.91, *[0.01] * 9]], np.float32)

    judgement = judge(outputs, "softmax10", 1.0)

    np.testing.assert_allclose(judgement.probabilities, outputs, rtol=1e-5)
    assert judgement.outlier.tolist() == [0.0]


def test_outlier_score_lowers_confidence_but_not_probabilities() -> None:
    digit = [9.0, *[0.0] * 9]
    outputs = np.array([[*digit, -9.0, -9.0], [*digit, 13.0, -9.0], [*digit, -9.0, 13.0]], np.float32)

    judgement = judge(outputs, "logits10+outlier+part", 1.0)

    np.testing.assert_array_equal(judgement.probabilities[0], judgement.probabilities[1])
    assert judgement.confidence[0] > 0.99
    assert judgement.confidence[1:].max() < 0.2
    assert judgement.belief[1:].max() < 0.02
    assert (judgement.outlier > 0.9).tolist() == [False, True, True]
    assert (judgement.foreign > 0.9).tolist() == [False, True, False]


def test_thresholds_refuse_no_more_digits_than_allowed() -> None:
    rng = np.random.default_rng(1)
    probabilities = rng.dirichlet([0.05] * 10, 5000)
    judgement = Judgement(probabilities, rng.beta(0.2, 9, 5000), np.zeros(5000))

    thresholds = choose_thresholds(judgement, "logits10+outlier+part", refused=0.01)

    refused = np.count_nonzero(~judgement.accepted(Thresholds(**thresholds)))
    assert 40 < refused <= 50


def test_threshold_of_a_model_without_outlier_output() -> None:
    judgement = Judgement(np.random.default_rng(2).dirichlet([0.1] * 10, 1000), np.zeros(1000), np.zeros(1000))

    thresholds = choose_thresholds(judgement, "softmax10", refused=0.05)

    assert set(thresholds) == {"confidence"}
    assert 0.94 < judgement.accepted(Thresholds(**thresholds)).mean() <= 0.96


@pytest.mark.parametrize(
    ("outlier", "cut", "refused"),
    [
        ([0.69], [False], False),
        ([0.71], [False], True),
        ([0.96, *[0.0] * 9], [False] * 10, False),
        ([0.98, *[0.0] * 9], [False] * 10, True),
        ([0.96, *[0.0] * 9], [True] * 2 + [False] * 8, True),
        ([0.72, 0.6, 0.6], [False] * 3, True),
        ([0.6, 0.6, 0.6], [False] * 3, False),
    ],
)
def test_a_doubtful_digit_among_sure_ones_is_forgiven(outlier: list[float], cut: list[bool], refused: bool) -> None:
    thresholds = Thresholds(confidence=0.5, outlier=0.7)

    assert thresholds.are_exceeded(np.array(outlier), np.array(cut)) == refused


def test_calibration_error_of_known_cases() -> None:
    sure = np.full(100, 0.999)

    assert expected_calibration_error(sure, np.ones(100, bool)) == pytest.approx(0.001)
    assert expected_calibration_error(sure, np.arange(100) < 50) == pytest.approx(0.499)
    assert expected_calibration_error(np.zeros(0), np.zeros(0, bool)) == 0


def test_wrong_labels_do_not_lower_the_confidence() -> None:
    outputs, labels = sharpened_outputs(4000, factor=1.0)
    sure = judge(outputs, "logits10+outlier+part", 1.0).confidence > 0.99
    labels[sure] = judge(outputs[sure], "logits10+outlier+part", 1.0).digits
    clean = fit_temperature(outputs, labels, "logits10+outlier+part")
    wrong = np.flatnonzero(sure)[:40]
    labels[wrong] = (labels[wrong] + 1) % 10

    assert fit_temperature(outputs, labels, "logits10+outlier+part") == pytest.approx(clean, rel=0.02)
