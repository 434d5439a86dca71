"""BentoML with adaptive batching; nothing is stored. `bentoml serve bench.references.bentoml_app:Digits`"""

from pathlib import Path

import bentoml

from bench.references.traced import traced_recognizer
from ml.inference import Picture, Reading


@bentoml.service(workers="cpu_count", traffic={"timeout": 60})
class Digits:
    """Reads batches of pictures."""

    def __init__(self) -> None:
        self.recognizer = traced_recognizer()

    @bentoml.api(batchable=True, max_batch_size=16, max_latency_ms=5000)
    def predict(self, file: list[Path]) -> list[str]:
        """Read them all."""
        readings = self.recognizer.read([Picture(path.read_bytes()) for path in file])
        return [reading.text for reading in readings if isinstance(reading, Reading)]
