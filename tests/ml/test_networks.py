"""The networks that belong to the reading itself: a damaged one is told at once, and threads share one."""

import shutil
import threading
from pathlib import Path

import numpy as np
import pytest

from ml import binarisation, line_reading
from ml.artifact import SHIPPED_MODEL, ArtifactError
from ml.inference import Recognizer
from ml.networks import AnySizeNetwork


@pytest.fixture(params=["ink", "line"])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def folder(tmp_path: Path, name: str) -> Path:
    for suffix in (".tflite", ".json"):
        shutil.copy(SHIPPED_MODEL.with_name(name + suffix), tmp_path)
    return tmp_path


def test_network_that_its_card_does_not_describe_is_refused(folder: Path, name: str) -> None:
    AnySizeNetwork.load(name, folder)
    file = folder / f"{name}.tflite"
    file.write_bytes(file.read_bytes()[:-1] + b"x")

    with pytest.raises(ArtifactError, match=f"{name} network .* is not the one its card describes"):
        AnySizeNetwork.load(name, folder)


@pytest.mark.parametrize("missing", [".tflite", ".json"])
def test_missing_file_is_named(folder: Path, name: str, missing: str) -> None:
    (folder / name).with_suffix(missing).unlink()

    with pytest.raises(ArtifactError, match=f"{name}{missing}"):
        AnySizeNetwork.load(name, folder)


def test_damaged_network_is_told_when_a_model_is_loaded(
    folder: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / f"{name}.json").write_text("{}")
    module = {"ink": binarisation, "line": line_reading}[name]
    monkeypatch.setattr(module, "shipped", lambda: AnySizeNetwork.load(name, folder))

    with pytest.raises(ArtifactError, match=f"{name} network"):
        Recognizer.load(SHIPPED_MODEL)


def test_picture_that_there_was_no_memory_for_does_not_spoil_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    network = AnySizeNetwork.load("line")
    small, large = (np.zeros((32, width, 1), np.float32) for width in (40, 96))
    before = network(small)
    allocate = network._interpreter.allocate_tensors

    def fail() -> None:
        raise RuntimeError("no memory")

    monkeypatch.setattr(network._interpreter, "allocate_tensors", fail)
    with pytest.raises(RuntimeError):
        network(large)
    monkeypatch.setattr(network._interpreter, "allocate_tensors", allocate)

    np.testing.assert_array_equal(network(small), before)


def test_threads_that_send_pictures_of_other_sizes_do_not_disturb_one_another() -> None:
    network = AnySizeNetwork.load("line")
    strips = [np.random.default_rng(0).random((32, width, 1), np.float32) for width in (40, 64, 100)]
    alone = [network(strip) for strip in strips]
    wrong: list[int] = []

    def read_again(place: int) -> None:
        wrong.extend(place for _ in range(10) if not np.array_equal(network(strips[place]), alone[place]))

    threads = [threading.Thread(target=read_again, args=(place,)) for place in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not wrong
