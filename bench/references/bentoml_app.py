"""BentoML with adaptive batching; nothing is stored. `bentoml serve bench.references.bentoml_app:Digits`

`Digits` has one worker, which is BentoML's default; `DigitsOnEachCore` has one for each core.
"""

from pathlib import Path

import bentoml

from bench.references.traced import traced_recognizer
from ml.inference import Picture, Reading


class Reader:
    """Reads batches of pictures."""

    def __init__(self) -> None:
        self.recognizer = traced_recognizer()

    @bentoml.api(batchable=True, max_batch_size=16, max_latency_ms=5000)
    def predict(self, file: list[Path]) -> list[str]:
        """Read them all."""
        readings = self.recognizer.read([Picture(path.read_bytes()) for path in file])
        return [reading.text for reading in readings if isinstance(reading, Reading)]


Digits = bentoml.service(Reader, name="digits", traffic={"timeout": 60})
DigitsOnEachCore = bentoml.service(Reader, name="digits", workers="cpu_count", traffic={"timeout": 60})
