"""The network as a fast function: 28x28 tensors in, calibrated probabilities out."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from ml.artifact import OUTPUTS, ArtifactError, ModelCard, load_compiled
from ml.calibration import Judgement, judge


class Scorer:
    """Runs one compiled network in the caller's thread, a tensor at a time; thread-safe.

    LiteRT's interpreter rather than TensorFlow's: a batch of any size costs no less per tensor (docs/adr/0016).
    """

    def __init__(self, network: bytes, card: ModelCard) -> None:
        """Open `network`, as `ml.compiling` makes it. Raises ArtifactError when it is not what the card says."""
        self.card = card
        self._lock = threading.Lock()
        try:
            self._interpreter = Interpreter(model_content=network, num_threads=1)
            self._interpreter.allocate_tensors()
            (entry,), (result,) = self._interpreter.get_input_details(), self._interpreter.get_output_details()
        except (ValueError, RuntimeError) as error:
            raise ArtifactError(f"The compiled network of {card.version} cannot be opened: {error}") from error
        if tuple(entry["shape"]) != (1, 28, 28, 1) or entry["dtype"] != np.float32:
            raise ArtifactError(f"The network of {card.version} does not take one picture, float32 (1, 28, 28, 1).")
        if tuple(result["shape"]) != (1, OUTPUTS[card.outputs]):
            count = int(result["shape"][-1])
            raise ArtifactError(f"The network of {card.version} has {count} outputs, its card says {card.outputs}.")
        self._input, self._output = entry["index"], result["index"]

    @classmethod
    def load(cls, path: Path) -> Scorer:
        """Of the verified model at `path`, tried out.

        Raises ArtifactError, also when it answers with something else than finite numbers: a training that diverged
        leaves such weights behind, and no hash gives them away.
        """
        scorer = cls(*load_compiled(path))
        if not np.isfinite(scorer.outputs(_probe())).all():
            raise ArtifactError(f"The model {scorer.card.version} answers NaN or infinity instead of numbers.")
        return scorer

    def __call__(self, tensors: NDArray[np.float32]) -> Judgement:
        """Judge float32 (N, 28, 28) in [0, 1]; N may be 0."""
        return judge(self.outputs(tensors), self.card.outputs, self.card.temperature)

    def outputs(self, tensors: NDArray[np.float32]) -> NDArray[np.float32]:
        """The network's raw outputs, float32 (N, 10 or 12), as the card's `outputs` names them."""
        found = np.empty((len(tensors), OUTPUTS[self.card.outputs]), np.float32)
        with self._lock:
            for row, tensor in zip(found, tensors, strict=True):
                self._interpreter.set_tensor(self._input, tensor[None, :, :, None])
                self._interpreter.invoke()
                row[:] = self._interpreter.get_tensor(self._output)[0]
        return found


def _probe() -> NDArray[np.float32]:
    """Tensors for trying a network: an empty sheet, a full one, and ink at random, always the same."""
    tensors = np.random.default_rng(0).random((8, 28, 28), np.float32)
    tensors[0], tensors[1] = 0.0, 1.0
    return tensors
