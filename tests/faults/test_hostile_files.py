"""Hostile and broken files, sent to a running service: each is refused with a sentence, and nothing else happens."""

import http.client
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.faults import hostile
from tests.faults.invariant import check
from tests.faults.load import PATH
from tests.faults.service import Service
from tests.pictures import png

MEGABYTE = 2**20
# What a worker may grow by while all of this goes through it.
ROOM = 300 * MEGABYTE
BATCH = PATH + "batch/"
FORM = "multipart/form-data; boundary=b"


def post(
    service: Service, body: bytes | Iterator[bytes], kind: str = "image/png", path: str = PATH
) -> tuple[int, dict[str, Any]]:
    """Status and JSON body."""
    connection = http.client.HTTPConnection(*service.address, timeout=60)
    try:
        connection.request("POST", path, body, {"Content-Type": kind})
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def refused(service: Service, body: bytes, *statuses: int, kind: str = "image/png", path: str = PATH) -> None:
    """It must be refused with one of these and words, as problem details."""
    status, said = post(service, body, kind, path)
    assert status in statuses, said
    assert said["status"] == status
    assert said["detail"], said


def form(*parts: tuple[str, bytes], file: bool = True) -> bytes:
    """A multipart body."""
    name = '; filename="a.png"' if file else ""
    head = 'Content-Disposition: form-data; name="{}"{}\r\n\r\n'
    return (
        b"".join(b"--b\r\n" + head.format(key, name).encode() + data + b"\r\n" for key, data in parts) + b"--b--\r\n"
    )


def memory(service: Service) -> list[int]:
    """Bytes that each worker has in memory."""
    return [int(Path(f"/proc/{worker.pid}/statm").read_text().split()[1]) * 4096 for worker in service.workers]


@pytest.fixture
def unmoved(service: Service) -> Iterator[Service]:
    """The service, whose processes must all live on, and hardly grow."""
    pids, before = [process.pid for process in service.processes], memory(service)
    yield service
    service.wait_ready()
    assert [process.pid for process in service.processes if process.alive()] == pids
    grown = [after - was for after, was in zip(memory(service), before, strict=True)]
    assert max(grown) < ROOM, f"a worker grew by {max(grown) // MEGABYTE} MB"
    check(service, [], fault="hostile files")


def test_bombs(unmoved: Service) -> None:
    for name, data in hostile.bombs().items():
        status, said = post(unmoved, data)
        harmless = name == "data behind the last row"
        assert status in ((201, 202) if harmless else (413, 422)), (name, status, said)


def test_more_than_one_picture_and_no_picture(unmoved: Service) -> None:
    for data in (hostile.animations() | hostile.others()).values():
        refused(unmoved, data, 415)
    refused(unmoved, b"", 400)


def test_cut_in_the_middle(unmoved: Service) -> None:
    for data in hostile.truncated().values():
        refused(unmoved, data, 422)


def test_what_is_something_else_as_well_is_stored_as_a_picture_alone(unmoved: Service) -> None:
    for name, data in hostile.polyglots().items():
        status, said = post(unmoved, data)
        assert (status, said["text"]) == (201, "7"), name
        row_id = said["id"].replace("-", "")
        ((stored,),) = unmoved.database.rows(f"SELECT image FROM recognizer_submission WHERE id = '{row_id}'")
        assert b"script" not in stored and b"PK\x03\x04" not in stored, name
        assert not Image.open(io.BytesIO(stored)).getexif(), name


def test_more_than_anybody_needs(unmoved: Service) -> None:
    refused(unmoved, png("7") + bytes(20 * MEGABYTE), 413)
    refused(unmoved, form(*[("image", png("7"))] * 1000), 413, kind=FORM, path=BATCH)
    refused(unmoved, form(*[("digits", b"1")] * 5000, file=False), 413, kind=FORM)
    refused(unmoved, form(("image", png("7")), ("digits", b"1" * 5 * MEGABYTE), file=False), 400, 413, kind=FORM)
    refused(unmoved, form(("image", png("7")), ("image", png("7"))), 400, kind=FORM)
    refused(unmoved, form(("image", png("7")))[:-20], 400, 422, kind=FORM)
    refused(unmoved, form(("image", png("7"))), 400, kind="multipart/form-data")


def test_json_that_is_too_large_too_deep_or_no_picture(unmoved: Service) -> None:
    kind = "application/json"
    refused(unmoved, b'{"image": "' + b"A" * 40 * MEGABYTE + b'"}', 413, kind=kind)
    refused(unmoved, b'{"image": "data:image/png;base64,' + b"A" * 27 * MEGABYTE + b'"}', 413, 415, kind=kind)
    refused(unmoved, b"[" * MEGABYTE, 400, 413, kind=kind)
    refused(unmoved, b'{"image":' * 100_000, 400, 413, kind=kind)
    refused(unmoved, b'{"digits": ' + b"9" * 100_000 + b"}", 400, 413, kind=kind)
    refused(unmoved, b'{"image": 7}', 400, kind=kind)
    refused(unmoved, b'{"image": "data:image/png;base64,!!!"}', 400, kind=kind)
    refused(unmoved, b"\xff\xfe{", 400, kind=kind)
