"""What the database itself guarantees, and who may work on what."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from telegram_integration.intake import REMEMBERED, delete_old_updates, store
from telegram_integration.models import LEASE, Person, Picture, ReadRequest, ReceivedUpdate

pytestmark = pytest.mark.django_db


def request(**fields: Any) -> ReadRequest:
    person, _ = Person.objects.get_or_create(user_id=1)
    return ReadRequest.objects.create(**{"person": person, "chat_id": 1, "message_id": 1, **fields})


def test_message_is_requested_once_in_its_chat() -> None:
    request()
    request(chat_id=2)

    with pytest.raises(IntegrityError), transaction.atomic():
        request()


def test_album_is_requested_once_in_its_chat() -> None:
    request(message_id=1, album="a")
    request(message_id=2, album="")
    request(message_id=3, album="")

    with pytest.raises(IntegrityError), transaction.atomic():
        request(message_id=4, album="a")


def test_picture_is_in_a_request_once() -> None:
    Picture.objects.create(request=request(), message_id=1, file_id="f")

    with pytest.raises(IntegrityError), transaction.atomic():
        Picture.objects.create(request=ReadRequest.objects.get(), message_id=1, file_id="g")


def test_item_is_claimed_by_one_and_free_again_when_its_lease_ends() -> None:
    key = request().pk

    first, second = ReadRequest.objects.claim([key]), ReadRequest.objects.claim([key])
    assert ([(item.pk, item.attempts) for item in first], second) == ([(key, 1)], [])
    ReadRequest.objects.filter(pk=key).update(due_at=timezone.now() - timedelta(seconds=1))
    assert ReadRequest.objects.claim([key])
    assert ReadRequest.objects.get().attempts == 2


def test_lease_is_renewed_and_given_back() -> None:
    key = request(due_at=timezone.now() - LEASE).pk

    ReadRequest.objects.renew([key])
    assert not ReadRequest.objects.due().exists()
    ReadRequest.objects.release([key])
    assert ReadRequest.objects.due().exists()


def test_finished_item_is_never_due_again() -> None:
    item = request()

    item.finish()
    ReadRequest.objects.renew([item.pk])

    assert not ReadRequest.objects.claim([item.pk])
    assert not ReadRequest.objects.soon_due().exists()


def test_known_updates_are_not_stored_again() -> None:
    rows: list[dict[str, Any]] = [{"update_id": number, "user_id": 1, "payload": {}} for number in (1, 2)]
    assert store(rows) == [1, 2]
    ReceivedUpdate.objects.get(pk=1).finish()

    assert store([*rows, {"update_id": 3, "user_id": 1, "payload": {}}]) == [3]
    assert ReceivedUpdate.objects.get(pk=1).payload is None


def test_ids_that_telegram_cannot_repeat_are_forgotten() -> None:
    now = timezone.now()
    for number, done_at in ((1, now - REMEMBERED - timedelta(hours=1)), (2, now), (3, None)):
        ReceivedUpdate.objects.create(update_id=number, done_at=done_at)

    delete_old_updates()

    assert list(ReceivedUpdate.objects.order_by("pk").values_list("pk", flat=True)) == [2, 3]
