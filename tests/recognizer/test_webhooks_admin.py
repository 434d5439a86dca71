"""Webhooks in the admin and on the command line."""

import re
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from recognizer.models import WebhookDelivery, WebhookEndpoint
from recognizer.outbox import announce
from recognizer.signing import spelled
from recognizer.webhooks import create_webhook
from tests import factories

pytestmark = pytest.mark.django_db
URL = "/admin/recognizer/webhookendpoint/"
DELIVERIES = "/admin/recognizer/webhookdelivery/"
RECEIVER = "https://hooks.example.org/digits?key=abc"
SECRET = re.compile(r"whsec_[\w+/=]{44}")


def make(client: Client, **fields: Any) -> str:
    """The page after a webhook was made, or not."""
    form = {"name": "mine", "url": RECEIVER, "events": ["prediction.done"], "enabled": "on", **fields}
    response = client.post(f"{URL}add/", form, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def act(client: Client, url: str, action: str, *keys: Any) -> str:
    """The list after an action on some of its rows."""
    response = client.post(url, {"action": action, "_selected_action": [str(key) for key in keys]}, follow=True)
    return response.content.decode()


@pytest.fixture
def endpoint(admin_user: User) -> WebhookEndpoint:
    """A webhook of the superuser's."""
    return create_webhook(owner=admin_user, url=RECEIVER, name="mine")[0]


@pytest.fixture
def delivery(endpoint: WebhookEndpoint) -> WebhookDelivery:
    """One that was given up."""
    announce([factories.read("7", client=endpoint.client)])
    WebhookDelivery.objects.update(
        status="given_up", attempts=12, finished_at=timezone.now(), response_status=500, problem="refused"
    )
    return WebhookDelivery.objects.get()


@pytest.fixture
def staff(client: Client) -> Client:
    """Somebody who may make webhooks and nothing else."""
    user = User.objects.create_user("bob", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__model__startswith="webhook"))
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_secret_is_shown_once_and_is_nowhere_stored(admin_client: Client, admin_user: User) -> None:
    page = make(admin_client, owner=admin_user.pk)

    secret = SECRET.search(page)
    row = WebhookEndpoint.objects.get()
    assert secret is not None
    assert secret[0] == spelled(row.secrets()[0])
    assert (row.owner, row.url, row.events, row.enabled) == (admin_user, RECEIVER, "prediction.done", True)
    for path in (URL, f"{URL}{row.pk}/change/", f"{URL}{row.pk}/history/", "/admin/"):
        assert not SECRET.search(admin_client.get(path).content.decode())
    stored = WebhookEndpoint.objects.values().get()
    assert not any(secret[0].removeprefix("whsec_") in str(value) for value in stored.values())


@pytest.mark.parametrize(
    "url", ["http://hooks.example.org/", "https://127.0.0.1/", "https://[::1]/", "https://ada:pw@example.org/", "x"]
)
def test_a_url_that_cannot_be_is_refused_with_a_reason(admin_client: Client, admin_user: User, url: str) -> None:
    page = make(admin_client, owner=admin_user.pk, url=url)

    assert "errorlist" in page
    assert not WebhookEndpoint.objects.exists()


def test_a_new_secret(admin_client: Client, endpoint: WebhookEndpoint) -> None:
    before = endpoint.secrets()

    page = act(admin_client, URL, "make_secret", endpoint.pk)

    endpoint.refresh_from_db()
    secret = SECRET.search(page)
    assert secret is not None
    assert secret[0] == spelled(endpoint.secrets()[0])
    assert endpoint.secrets()[1:] == before


def test_a_test_event_can_be_sent(admin_client: Client, endpoint: WebhookEndpoint) -> None:
    act(admin_client, URL, "send_test", endpoint.pk)

    row = WebhookDelivery.objects.get()
    assert (row.event, row.status, row.submission) == ("test", "pending", None)


def test_what_was_given_up_is_seen_and_delivered_again(admin_client: Client, delivery: WebhookDelivery) -> None:
    page = admin_client.get(DELIVERIES).content.decode()
    assert "The receiver did not answer with 2xx." in page
    assert "500" in page
    assert admin_client.get(f"{DELIVERIES}{delivery.pk}/change/").status_code == 200

    act(admin_client, DELIVERIES, "deliver_again", delivery.pk)

    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts, delivery.finished_at) == ("pending", 0, None)


def test_staff_have_webhooks_in_their_own_name_only(
    staff: Client, admin_user: User, endpoint: WebhookEndpoint, delivery: WebhookDelivery
) -> None:
    make(staff, owner=admin_user.pk, name="bob's")

    assert str(delivery.pk) not in staff.get(DELIVERIES).content.decode()
    assert [str(row.owner) for row in WebhookEndpoint.objects.exclude(pk=endpoint.pk)] == ["bob"]
    assert staff.get(f"{URL}{endpoint.pk}/change/").status_code == 302
    assert staff.get(f"{DELIVERIES}{delivery.pk}/change/").status_code == 302
    act(staff, DELIVERIES, "deliver_again", delivery.pk)
    act(staff, URL, "make_secret", endpoint.pk)
    delivery.refresh_from_db()
    salt, endpoint.salt = endpoint.salt, ""
    endpoint.refresh_from_db()
    assert (delivery.status, endpoint.salt) == ("given_up", salt)


def test_made_by_the_command(admin_user: User) -> None:
    out, err = StringIO(), StringIO()

    call_command("create_webhook", "admin", RECEIVER, "--event", "prediction.failed", "--test", stdout=out, stderr=err)

    row = WebhookEndpoint.objects.get()
    assert out.getvalue().strip() == spelled(row.secrets()[0])
    assert (row.owner, row.events) == (admin_user, "prediction.failed")
    assert WebhookDelivery.objects.get().event == "test"


@pytest.mark.parametrize(
    ("owner", "url", "said"),
    [("nobody", RECEIVER, "no user 'nobody'"), ("admin", "http://a.example/", "https://"), ("admin", "x", "https://")],
)
def test_the_command_says_what_is_wrong(admin_user: User, owner: str, url: str, said: str) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("create_webhook", owner, url)


def test_unknown_events_are_refused(admin_user: User) -> None:
    with pytest.raises(ValidationError):
        create_webhook(owner=admin_user, url=RECEIVER, name="mine", events="prediction.done weather.rain")


@pytest.mark.parametrize(
    "impossible",
    [
        {"status": "delivered", "finished_at": None},
        {"status": "pending"},
        {"status": "lost"},
        {"event": "test"},
        {"submission": None},
    ],
)
def test_states_that_cannot_be(delivery: WebhookDelivery, impossible: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        WebhookDelivery.objects.update(**impossible)


def test_nothing_is_told_twice(delivery: WebhookDelivery) -> None:
    assert delivery.submission is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        announce([delivery.submission])


def test_whose_owner_may_not_sign_in_is_told_nothing(admin_user: User, endpoint: WebhookEndpoint) -> None:
    User.objects.update(is_active=False)

    announce([factories.read("7", client=endpoint.client)])

    assert not WebhookDelivery.objects.exists()
