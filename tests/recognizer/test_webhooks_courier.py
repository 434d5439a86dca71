"""The delivering process: killed, stopped, twice, under another key; and what it never does."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from recognizer.courier import MAX_PER_ENDPOINT
from recognizer.models import WebhookDelivery
from tests.processes import Process, wait_until
from tests.recognizer.couriers import all_end, finished, tell
from tests.recognizer.receivers import Request, listening
from tests.recognizer.signatures import verified

MakeCourier = Callable[..., Process]
pytestmark = pytest.mark.usefixtures("loopback_allowed")


def test_a_courier_killed_in_the_middle_delivers_after_all(make_courier: MakeCourier, ada: User) -> None:
    mortal, over = make_courier(WEBHOOK_TIMEOUT_SECONDS="1"), threading.Event()
    first: list[Request] = []

    def hold_the_first(request: Request) -> tuple[int, dict[str, str]]:
        if not first:
            first.append(request)
            over.wait(30)
        return 204, {}

    with listening(hold_the_first) as receiver:
        tell(ada, receiver.url())
        finished(ada)
        mortal.start()
        wait_until(lambda: first, what="the courier to be in the middle of a delivery")
        mortal.kill()
        over.set()
        mortal.start()
        (row,) = all_end()

    assert row.status == "delivered"
    assert row.attempts >= 2
    assert len(receiver.ids) >= 2
    assert set(receiver.ids) == {str(row.id)}


def test_a_slow_receiver_keeps_nobody_waiting(make_courier: MakeCourier, ada: User) -> None:
    bob, over = User.objects.create_user("bob"), threading.Event()
    patient = make_courier(WEBHOOK_TIMEOUT_SECONDS="60")

    def wait(_: Request) -> tuple[int, dict[str, str]]:
        over.wait(50)
        return 204, {}

    with listening(wait) as slow, listening() as quick:
        tell(ada, slow.url())
        tell(bob, quick.url())
        for _ in range(8):
            finished(ada)
        finished(bob)
        patient.start()
        wait_until(lambda: quick.received, what="the quick receiver to be told")
        assert len(slow.received) <= MAX_PER_ENDPOINT
        assert WebhookDelivery.objects.filter(endpoint__owner=ada, status="pending").count() == 8
        over.set()
        assert {row.status for row in all_end()} == {"delivered"}


def test_a_courier_asked_to_stop_ends_what_it_began(make_courier: MakeCourier, ada: User) -> None:
    stopping, asked = make_courier(WEBHOOK_TIMEOUT_SECONDS="20"), threading.Event()

    def answer_once_asked(_: Request) -> tuple[int, dict[str, str]]:
        asked.wait(30)
        return 204, {}

    with listening(answer_once_asked) as receiver:
        tell(ada, receiver.url())
        finished(ada)
        stopping.start()
        wait_until(lambda: receiver.received, what="the courier to be in the middle of a delivery")
        threading.Timer(0.3, asked.set).start()
        stopping.stop()

    assert stopping.exit_code == 0, stopping.output()
    assert WebhookDelivery.objects.get().status == "delivered"


def test_two_couriers_tell_everything_once(make_courier: MakeCourier, ada: User) -> None:
    for _ in range(2):
        make_courier(WEBHOOK_TIMEOUT_SECONDS="20").start()
    with listening() as receiver:
        tell(ada, receiver.url())
        for _ in range(30):
            finished(ada)
        rows = all_end()

    assert sorted(receiver.ids) == sorted(str(row.id) for row in rows)
    assert len(rows) == 30


def test_a_new_secret_signs_beside_the_old_one_for_a_day(courier: Process, ada: User) -> None:
    with listening() as receiver:
        endpoint, old = tell(ada, receiver.url())
        new = endpoint.seal()
        endpoint.save()
        finished(ada)
        all_end()
        endpoint.sealed_at = timezone.now() - timedelta(hours=25)
        endpoint.save()
        finished(ada)
        all_end()

    during, after = receiver.received
    assert verified(during, old) == verified(during, new)
    assert verified(after, new)
    with pytest.raises(ValueError, match="signature"):
        verified(after, old)


def test_a_changed_key_of_the_site_says_what_to_do(make_courier: MakeCourier, ada: User, settings: Any) -> None:
    with listening() as receiver:
        _, secret = tell(ada, receiver.url())
        finished(ada)
        changed = make_courier(SECRET_KEY="another" * 10)
        changed.start()
        (lost,) = all_end()
        changed.stop()
        finished(ada)
        both = {"SECRET_KEY": "another" * 10, "SECRET_KEY_FALLBACKS": settings.SECRET_KEY}
        make_courier(**both).start()
        all_end()

    assert (lost.status, lost.problem) == ("given_up", "lost_secret")
    assert [verified(request, secret)["type"] for request in receiver.received] == ["prediction.done"]


def test_ended_deliveries_are_forgotten(make_courier: MakeCourier, ada: User) -> None:
    tell(ada, "http://127.0.0.1:9/")
    finished(ada)
    long_ago = timezone.now() - timedelta(days=31)
    WebhookDelivery.objects.update(status="given_up", finished_at=long_ago)

    make_courier().start()

    wait_until(lambda: not WebhookDelivery.objects.exists(), what="the old delivery to be gone")


def test_neither_secret_nor_url_is_in_the_log(courier: Process, ada: User) -> None:
    with listening(lambda _: (500, {})) as receiver:
        _, secret = tell(ada, receiver.url())
        finished(ada)
        all_end()

    log = courier.output()
    assert "refused 500" in log
    assert secret.removeprefix("whsec_") not in log
    assert "told?by" not in log


def test_internal_receivers_are_refused_by_default(make_courier: MakeCourier, ada: User) -> None:
    strict = make_courier(WEBHOOK_ALLOWED_NETWORKS="")
    with listening() as receiver:
        tell(ada, receiver.url())
        tell(ada, receiver.url("localhost"))
        finished(ada)
        strict.start()
        rows = all_end()

    assert {(row.status, row.problem) for row in rows} == {("given_up", "internal")}
    assert receiver.received == []
