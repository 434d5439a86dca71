from dataclasses import replace
from threading import Thread
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from ml.architectures import ARCHITECTURES, build
from ml.artifact import SHIPPED_MODEL, ArtifactError, load_compiled, load_model, read_card
from ml.compiling import compile_network
from ml.scoring import Scorer

OUTPUTS = {10: "softmax10", 12: "logits10+outlier+part"}


def with_a_past(model: Any) -> Any:
    """The network as if it had been trained: every weight, and all that batch normalisation remembers, at random."""
    rng = np.random.default_rng(1)
    for variable in model.weights:
        if variable.dtype == "float32":
            positive = variable.name in ("gamma", "moving_variance")
            noise = rng.normal(0, 0.1, variable.shape)
            variable.assign(1 + np.abs(noise) if positive else variable + noise)
    return model


@pytest.mark.parametrize("name", [*sorted(ARCHITECTURES), "shipped"])
@pytest.mark.parametrize("size", [1, 5])
def test_it_answers_as_the_model_does(name: str, size: int) -> None:
    shipped, card = load_model(SHIPPED_MODEL)
    model = shipped if name == "shipped" else with_a_past(build(name))
    images = np.random.default_rng(size).random((size, 28, 28), np.float32)

    outputs = Scorer(compile_network(model), replace(card, outputs=OUTPUTS[model.output_shape[-1]])).outputs(images)

    expected = np.asarray(model(images[..., None], training=False))
    np.testing.assert_allclose(outputs, expected, rtol=1e-3, atol=1e-4 * float(np.abs(expected).max()))


def test_no_tensors_have_no_outputs() -> None:
    assert Scorer.load(SHIPPED_MODEL).outputs(np.zeros((0, 28, 28), np.float32)).shape == (0, 12)


def test_what_is_no_network_is_refused() -> None:
    with pytest.raises(ArtifactError, match="cannot be opened"):
        Scorer(b"no network at all", read_card(SHIPPED_MODEL))


def test_a_network_that_is_not_the_card_s_is_refused() -> None:
    network, card = load_compiled(SHIPPED_MODEL)

    with pytest.raises(ArtifactError, match=r"has 12 outputs, its card says softmax10"):
        Scorer(network, replace(card, outputs="softmax10"))


def test_a_network_that_takes_no_picture_is_refused() -> None:
    flat = keras.Sequential([keras.layers.Input((784,)), keras.layers.Dense(12)])
    signature = [tf.TensorSpec((1, 784), tf.float32)]
    call = tf.function(flat, input_signature=signature).get_concrete_function()
    network = bytes(tf.lite.TFLiteConverter.from_concrete_functions([call], flat).convert())

    with pytest.raises(ArtifactError, match="does not take one picture"):
        Scorer(network, read_card(SHIPPED_MODEL))


def test_threads_do_not_disturb_one_another() -> None:
    scorer = Scorer.load(SHIPPED_MODEL)
    pictures = np.random.default_rng(0).random((8, 20, 28, 28), np.float32)
    alone = [scorer.outputs(some) for some in pictures]
    together: dict[int, Any] = {}

    def run(number: int) -> None:
        together[number] = scorer.outputs(pictures[number])

    threads = [Thread(target=run, args=(number,)) for number in range(len(pictures))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    for number, outputs in enumerate(alone):
        np.testing.assert_array_equal(together[number], outputs)
