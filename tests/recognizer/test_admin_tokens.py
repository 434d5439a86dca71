"""API tokens in the admin."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from recognizer.tokens import ApiToken, create_token

pytestmark = pytest.mark.django_db
URL = "/admin/recognizer/apitoken/"


def make(client: Client, **fields: Any) -> str:
    """The page after a token was made."""
    form = {"name": "scanner", "scopes": ["read"], "expires_at_0": "", "expires_at_1": "", **fields}
    response = client.post(f"{URL}add/", form, follow=True)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def staff() -> User:
    """Somebody who may make tokens and nothing else."""
    user = User.objects.create_user("bob", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__model="apitoken"))
    return user


def test_a_token_is_shown_once_and_works(admin_client: Client, admin_user: User) -> None:
    page = make(admin_client, owner=admin_user.pk)

    secret = re.search(r"digits_[\w-]{40,}", page)
    assert secret is not None
    answer = Client(headers={"Authorization": f"Bearer {secret[0]}"}).get("/api/v1/predictions/")
    assert answer.status_code == 200
    token = ApiToken.objects.get()
    assert (token.owner, token.scopes) == (admin_user, "read")
    assert secret[0] not in admin_client.get(f"{URL}{token.pk}/change/").content.decode()


def test_changing_it_keeps_its_secret(admin_client: Client, admin_user: User) -> None:
    token, _ = create_token(owner=admin_user, name="old")

    admin_client.post(f"{URL}{token.pk}/change/", {"name": "new", "scopes": ["predict", "read"]})

    changed = ApiToken.objects.get()
    assert (changed.name, changed.scopes, changed.digest) == ("new", "predict read", token.digest)


def test_staff_make_tokens_in_their_own_name_only(client: Client, staff: User, admin_user: User) -> None:
    foreign, _ = create_token(owner=admin_user, name="root's")
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")

    make(client, owner=admin_user.pk)

    assert [token.owner for token in ApiToken.objects.filter(name="scanner")] == [staff]
    assert client.get(f"{URL}{foreign.pk}/change/").status_code == 302
    assert "root&#x27;s" not in client.get(URL).content.decode()
