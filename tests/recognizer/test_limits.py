"""Rate limits in a real Redis, under parallel requests, and without Redis."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from recognizer import access, limits
from recognizer.limits import Limiter, Rate, address_key
from recognizer.models import Submission
from recognizer.tokens import create_token
from tests.pictures import png
from tests.recognizer.problems import assert_problem

URL = "/api/v1/predictions/"
FIVE_AN_HOUR = Rate(5, 3600)


@pytest.fixture(autouse=True)
def limits_enabled(settings: Any) -> None:
    """Whatever the environment says."""
    settings.RATE_LIMIT_ENABLED = True


def spend(limiter: Limiter, *, cost: int = 1, rate: Rate = FIVE_AN_HOUR, caller: str = "somebody") -> Any:
    return limiter.spend(name="test", caller=caller, rate=rate, cost=cost)


def test_a_burst_is_allowed_and_no_more() -> None:
    limiter = Limiter()

    allowances = [spend(limiter) for _ in range(6)]

    assert [a.allowed for a in allowances] == [True] * 5 + [False]
    assert [a.remaining for a in allowances] == [4, 3, 2, 1, 0, 0]
    assert 0 < allowances[-1].retry_after <= 720


def test_cost_is_taken_whole_or_not_at_all() -> None:
    limiter = Limiter()
    spend(limiter, cost=3)

    refused, afforded = spend(limiter, cost=3), spend(limiter, cost=2)

    assert (refused.allowed, refused.remaining) == (False, 2)
    assert (afforded.allowed, afforded.remaining) == (True, 0)


def test_callers_do_not_share() -> None:
    limiter = Limiter()
    spend(limiter, cost=5)

    assert spend(limiter, caller="another", cost=5).allowed


def test_it_comes_back_with_time() -> None:
    limiter, rate = Limiter(), Rate(1000, 1)
    spend(limiter, cost=1000, rate=rate)
    refused = spend(limiter, cost=1000, rate=rate)

    while not spend(limiter, rate=rate).allowed:
        pass

    assert refused.retry_after <= 1


def test_parallel_requests_get_exactly_what_there_is() -> None:
    limiter = Limiter()

    with ThreadPoolExecutor(16) as pool:
        allowed = sum(a.allowed for a in pool.map(lambda _: spend(limiter, rate=Rate(50, 3600)), range(200)))

    assert allowed == 50


def test_the_api_says_what_is_left_and_when_to_come_back(client: Client, db: None, settings: Any) -> None:
    settings.RATE_LIMIT_ANONYMOUS = (2, 3600)
    headers = {"Prefer": "respond-async"}

    first, _, third = (client.post(URL, png("7"), content_type="image/png", headers=headers) for _ in range(3))

    assert first.headers["RateLimit"] == '"pictures";r=1;t=1800'
    assert first.headers["RateLimit-Policy"] == '"pictures";q=2;w=3600'
    assert_problem(third, 429, "throttled")
    assert 1790 <= int(third.headers["Retry-After"]) <= 1800
    assert third.headers["RateLimit-Remaining"] == "0"
    assert Submission.objects.count() == 2


def test_a_batch_costs_its_pictures(client: Client, db: None, settings: Any) -> None:
    settings.RATE_LIMIT_ANONYMOUS = (3, 3600)
    form = {"image": [SimpleUploadedFile(f"{i}.png", png("7")) for i in range(4)]}

    assert_problem(client.post(f"{URL}batch/", form), 429, "throttled")
    assert not Submission.objects.exists()


def test_tokens_have_a_limit_of_their_own(client: Client, db: None, settings: Any) -> None:
    settings.RATE_LIMIT_ANONYMOUS, settings.RATE_LIMIT_TOKEN = (1, 3600), (7, 3600)
    _, secret = create_token(owner=User.objects.create_user("ada"), name="x")
    headers = {"Prefer": "respond-async", "Authorization": f"Bearer {secret}"}

    response = client.post(URL, png("7"), content_type="image/png", headers=headers)

    assert response.headers["RateLimit-Limit"] == "7"


def test_looking_up_has_room_of_its_own(client: Client, db: None, settings: Any) -> None:
    settings.RATE_LIMIT_ANONYMOUS = (1, 3600)

    answers = [client.get(f"{URL}00000000-0000-0000-0000-000000000000/") for _ in range(11)]

    assert [a.status_code for a in answers] == [404] * access.READS_PER_PREDICTION + [429]


def test_switched_off(client: Client, db: None, settings: Any) -> None:
    settings.RATE_LIMIT_ENABLED, settings.RATE_LIMIT_ANONYMOUS = False, (1, 3600)

    answers = [client.get("/api/v1/models/") for _ in range(20)]

    assert {a.status_code for a in answers} == {200}
    assert "RateLimit" not in answers[0].headers


def test_without_redis_requests_pass(
    client: Client, db: None, settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    limiter = Limiter()
    monkeypatch.setattr(limits, "limiter", lambda: limiter)

    answers = [client.get("/api/v1/models/") for _ in range(3)]

    assert {a.status_code for a in answers} == {200}
    assert caplog.text.count("Rate limits are off") == 1


def test_addresses_are_hashed_and_ipv6_counts_by_network() -> None:
    assert address_key("203.0.113.7") != address_key("203.0.113.8")
    assert address_key("2001:db8::1") == address_key("2001:db8::ffff")
    assert address_key("2001:db8::1") != address_key("2001:db8:0:1::1")
    assert "203.0.113.7" not in address_key("203.0.113.7")
    assert address_key("") == address_key("")
