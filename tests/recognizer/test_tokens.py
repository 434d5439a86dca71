"""API tokens: made once, kept as a hash, good for what they say, and a door to one's own submissions only."""

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from recognizer.models import Submission
from recognizer.tokens import ApiToken, create_token
from tests.pictures import png
from tests.processes import Process
from tests.recognizer.problems import assert_problem

pytestmark = pytest.mark.django_db
URL = "/api/v1/predictions/"
ASYNC = {"Prefer": "respond-async"}


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada")


@pytest.fixture
def bob() -> User:
    return User.objects.create_user("bob")


def bearer(owner: User, scopes: str = "predict read feedback") -> Client:
    """A client with a token of this owner's."""
    _, secret = create_token(owner=owner, name="test", scopes=scopes)
    return Client(headers={"Authorization": f"Bearer {secret}"})


def send(client: Client) -> str:
    """The address of a stored submission."""
    response = client.post(URL, png("7"), content_type="image/png", headers=ASYNC)
    assert response.status_code == 202, response.content
    return str(response.json()["url"])


def test_the_secret_is_not_stored(ada: User) -> None:
    token, secret = create_token(owner=ada, name="scanner")

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM recognizer_apitoken")
        stored = str(cursor.fetchall())
    assert secret not in stored
    assert secret[20:] not in stored
    assert secret.startswith(token.prefix)
    assert len(secret) > 45


def test_the_command_prints_it_once(ada: User) -> None:
    out, err = StringIO(), StringIO()
    call_command("create_api_token", "ada", "scanner", "--scope", "read", "--days", "30", stdout=out, stderr=err)

    token = ApiToken.objects.get()
    assert out.getvalue().strip().startswith(token.prefix)
    assert (token.owner, token.name, token.scopes) == (ada, "scanner", "read")
    assert token.expires_at is not None and timedelta(29) < token.expires_at - timezone.now() < timedelta(31)


def test_the_command_says_who_is_missing() -> None:
    with pytest.raises(CommandError, match="no user 'nobody'"):
        call_command("create_api_token", "nobody", "x")


@pytest.mark.parametrize("scopes", ["", "admin", "read admin"])
def test_only_known_scopes(ada: User, scopes: str) -> None:
    with pytest.raises(ValidationError):
        create_token(owner=ada, name="x", scopes=scopes)


def test_the_database_refuses_a_token_without_scopes(ada: User) -> None:
    with pytest.raises(IntegrityError):
        ApiToken.objects.create(owner=ada, name="x", digest="0", scopes="")


def test_own_submissions_are_ones_own(client: Client, ada: User, bob: User) -> None:
    url = send(bearer(ada))

    assert bearer(ada).get(url).status_code == 200
    assert_problem(bearer(bob).get(url), 404, "not_found")
    assert_problem(client.get(url), 404, "not_found")
    assert client.get(url.replace("/api/v1/predictions/", "/readings/")).status_code == 404
    assert_problem(
        bearer(bob).post(f"{url}feedback/", {"label": "7"}, content_type="application/json"), 404, "not_found"
    )


def test_anonymous_submissions_are_for_whoever_knows_the_id(client: Client, ada: User) -> None:
    url = send(client)

    assert client.get(url).status_code == bearer(ada).get(url).status_code == 200


def test_the_list_has_ones_own_newest_first_in_pages(client: Client, ada: User, bob: User) -> None:
    sender = bearer(ada)
    urls = [send(sender) for _ in range(3)]
    send(bearer(bob))
    send(client)

    first = sender.get(URL, {"page_size": 2}).json()
    second = sender.get(first["next"]).json()

    assert [item["url"] for item in first["results"] + second["results"]] == urls[::-1]
    assert (first["previous"], second["next"]) == (None, None)


def test_the_list_needs_a_token(client: Client) -> None:
    response = client.get(URL)

    assert_problem(response, 401, "not_authenticated")
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_scopes_are_kept(ada: User) -> None:
    response = bearer(ada, "read").post(URL, png("7"), content_type="image/png")

    assert_problem(response, 403, "insufficient_scope")
    assert_problem(bearer(ada, "predict").get(URL), 403, "insufficient_scope")
    assert not Submission.objects.exists()


def test_dead_tokens_are_401(client: Client, ada: User) -> None:
    def get(secret: str) -> object:
        return client.get(URL, headers={"Authorization": f"Bearer {secret}"})

    token, secret = create_token(owner=ada, name="x")
    expired, old_secret = create_token(owner=ada, name="x", expires_at=timezone.now() - timedelta(seconds=1))
    assert get(secret).status_code == 200  # type: ignore[attr-defined]
    assert_problem(get(old_secret), 401, "invalid_token")
    assert_problem(get(secret + "x"), 401, "invalid_token")
    ada.is_active = False
    ada.save()
    assert_problem(get(secret), 401, "invalid_token")
    assert expired.pk != token.pk


def test_use_is_noted_to_the_minute(ada: User) -> None:
    client = bearer(ada)
    client.get(URL)
    used = ApiToken.objects.get().last_used_at
    client.get(URL)

    assert used is not None
    assert ApiToken.objects.get().last_used_at == used


def test_without_anonymous_use_programs_need_a_token(
    client: Client, ada: User, settings: object, worker: Process
) -> None:
    settings.ANONYMOUS_API_ENABLED = False  # type: ignore[attr-defined]
    page = {"X-Channel": "web", "Sec-Fetch-Site": "same-origin"}

    assert_problem(client.post(URL, png("7"), content_type="image/png"), 401, "not_authenticated")
    assert bearer(ada).post(URL, png("7"), content_type="image/png").status_code == 201
    assert client.post(URL, png("7"), content_type="image/png", headers=page).status_code == 201


def test_an_anonymous_request_is_one_query_here(client: Client, worker: Process) -> None:
    with CaptureQueriesContext(connection) as queries:
        client.post(URL, png("7"), content_type="image/png")

    assert [query["sql"].split()[0] for query in queries] == ["INSERT"]
