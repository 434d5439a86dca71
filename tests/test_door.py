"""The site's outer door: proxies, origins, headers, signing in, production settings."""

import os
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.test import Client

from digitsite.middleware import TrustedProxyMiddleware
from tests.pictures import png
from tests.processes import ROOT
from tests.recognizer.problems import assert_problem

URL = "/api/v1/predictions/"
KEY = "a-key-for-one-test-" * 3
ASYNC = {"Prefer": "respond-async"}


def meta_after(settings: Any, proxies: list[str], **meta: str) -> dict[str, Any]:
    """What the views see."""
    settings.TRUSTED_PROXIES = proxies
    request = HttpRequest()
    request.META = dict(meta)
    TrustedProxyMiddleware(lambda _: HttpResponse())(request)
    return request.META


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded_for", "client"),
    [
        ([], "203.0.113.9", "198.51.100.1", "203.0.113.9"),
        (["127.0.0.1"], "203.0.113.9", "198.51.100.1", "203.0.113.9"),
        (["127.0.0.1"], "127.0.0.1", "198.51.100.1", "198.51.100.1"),
        (["127.0.0.1"], "127.0.0.1", "", "127.0.0.1"),
        # What the client wrote itself stands to the left of what our proxy added.
        (["127.0.0.1"], "127.0.0.1", "10.9.9.9, 198.51.100.1", "198.51.100.1"),
        (["10.0.0.0/8"], "10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"),
        (["10.0.0.0/8"], "10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        (["127.0.0.1"], "127.0.0.1", "nonsense", "127.0.0.1"),
        (["127.0.0.1"], "127.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
        (["::1"], "::1", "[2001:db8::1]:4711", "2001:db8::1"),
        (["127.0.0.1"], "::ffff:127.0.0.1", "198.51.100.1", "198.51.100.1"),
        (["unix"], "", "198.51.100.1", "198.51.100.1"),
        (["127.0.0.1"], "", "198.51.100.1", ""),
    ],
)
def test_only_our_proxies_say_who_calls(
    settings: Any, proxies: list[str], peer: str, forwarded_for: str, client: str
) -> None:
    meta = meta_after(settings, proxies, REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded_for)

    assert meta["REMOTE_ADDR"] == client


def test_only_our_proxies_say_that_it_is_https(settings: Any) -> None:
    said = {"REMOTE_ADDR": "203.0.113.9", "HTTP_X_FORWARDED_PROTO": "https"}

    assert "HTTP_X_FORWARDED_PROTO" not in meta_after(settings, [], **said)
    assert "HTTP_X_FORWARDED_PROTO" in meta_after(settings, ["203.0.113.0/24"], **said)


def test_a_mistyped_proxy_stops_the_start(settings: Any) -> None:
    with pytest.raises(ImproperlyConfigured, match="TRUSTED_PROXIES"):
        meta_after(settings, ["10.0.0.0/99"])


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"}, True),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, False),
        ({"Sec-Fetch-Site": "same-site", "Origin": "https://other.testserver"}, False),
        ({"Origin": "http://testserver"}, True),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://friend.example"}, True),
    ],
)
def test_pages_elsewhere_may_not_post(
    client: Client, db: None, settings: Any, headers: dict[str, str], allowed: bool
) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://friend.example"]

    response = client.post(URL, png("7"), content_type="image/png", headers=headers | ASYNC)

    if allowed:
        assert response.status_code == 202, response.content
    else:
        assert_problem(response, 403, "cross_origin")


def test_cors_is_off_unless_an_origin_is_named(client: Client, db: None, settings: Any) -> None:
    def preflight(origin: str) -> Any:
        headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        return client.options(URL, headers=headers).headers.get("Access-Control-Allow-Origin")

    assert preflight("https://friend.example") is None
    settings.CORS_ALLOWED_ORIGINS = ["https://friend.example"]
    assert preflight("https://friend.example") == "https://friend.example"
    assert preflight("https://evil.example") is None


@pytest.mark.parametrize("path", ["/", "/admin/login/", "/api/v1/models/", "/api/docs/"])
def test_headers(client: Client, db: None, path: str) -> None:
    headers = client.get(path).headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "camera=()" in headers["Permissions-Policy"]


def test_over_https_everything_is_sent_there_and_stays_there() -> None:
    code = """
from django.conf import settings
from django.test import Client
plain, secure = Client().get("/", headers={"host": "a.example"}), Client(headers={"host": "a.example"})
probe = Client().get("/livez", headers={"host": "a.example"})
print(plain.status_code, plain["Location"], probe.status_code)
print(secure.get("/livez", secure=True)["Strict-Transport-Security"])
language = secure.post("/language/", {"language": "fa"}, secure=True).cookies["django_language"]
print(bool(language["secure"] and language["httponly"]), language["samesite"])
print(settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE)
"""
    said = manage("shell", "--no-imports", "-c", code, SECRET_KEY=KEY, HTTPS="1", ALLOWED_HOSTS="a.example")

    assert said.stdout.splitlines() == [
        "301 https://a.example/ 200",
        "max-age=31536000; includeSubDomains",
        "True Lax",
        "__Host-sessionid True True",
    ], said.stderr


def sign_in(name: str, password: str, address: str) -> Any:
    form = {"username": name, "password": password}
    return Client(REMOTE_ADDR=address).post("/admin/login/?next=/admin/", form)


def test_guessing_a_password_is_slowed_by_name_and_by_address(db: None, settings: Any) -> None:
    settings.AXES_FAILURE_LIMIT = 3
    User.objects.create_superuser("ada", password="right")
    User.objects.create_superuser("bob", password="right")

    guesses = [sign_in("ada", "wrong", "203.0.113.1").status_code for _ in range(3)]

    assert guesses == [200, 200, 429]
    locked = sign_in("ada", "right", "203.0.113.2")
    assert locked.status_code == 429, "the name waits"
    assert "closed for a quarter of an hour" in locked.content.decode()
    assert sign_in("bob", "right", "203.0.113.1").status_code == 429, "the address waits"
    assert sign_in("bob", "right", "203.0.113.2").status_code == 302


def manage(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """`manage.py` with the product's own settings."""
    # The last one is there while a browser runs in this process.
    ours = ("DJANGO_SETTINGS_MODULE", "SECRET_KEY", "REDIS_URL", "DJANGO_ALLOW_ASYNC_UNSAFE")
    clean = {name: value for name, value in os.environ.items() if name not in ours}
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=clean | env, capture_output=True, text=True, timeout=120)


def test_production_settings_pass_every_check() -> None:
    key = secrets.token_urlsafe(50)

    checked = manage("check", "--deploy", "--fail-level", "INFO", SECRET_KEY=key, HTTPS="1", ALLOWED_HOSTS="a.example")

    assert checked.returncode == 0, checked.stderr
    assert key not in checked.stdout + checked.stderr


@pytest.mark.parametrize("key", ["", "short", "insecure", "a" * 60])
def test_without_a_real_secret_key_nothing_starts(key: str, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(key)

    started = manage("check", SECRET_KEY_FILE=str(tmp_path / "key"))

    assert started.returncode != 0
    assert "SECRET_KEY" in started.stderr


def test_a_secret_file_that_is_missing_stops_the_start(tmp_path: Path) -> None:
    started = manage("check", SECRET_KEY=KEY, REDIS_URL_FILE=str(tmp_path / "nothing"))

    assert started.returncode != 0
    assert "REDIS_URL_FILE names" in started.stderr


@pytest.mark.parametrize(
    "name",
    [
        *("SECRET_KEY", "SECRET_KEY_FALLBACKS", "DATABASE_URL", "REDIS_URL", "METRICS_TOKEN"),
        *("SENTRY_DSN", "TELEGRAM_BOT_TOKEN", "TELEGRAM_WEBHOOK_SECRET"),
    ],
)
def test_every_secret_can_come_from_a_file(name: str, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()

    started = manage(
        "check", **{"SECRET_KEY": KEY} if name != "SECRET_KEY" else {}, **{f"{name}_FILE": str(tmp_path / "empty")}
    )

    assert started.returncode != 0
    assert f"{name}_FILE names {tmp_path / 'empty'}, which is empty." in started.stderr


def test_a_batch_that_no_allowance_fits_is_an_error(settings: Any) -> None:
    settings.RATE_LIMIT_ANONYMOUS = (10, 60)

    assert [error.id for error in run_checks() if error.id == "recognizer.E001"] == ["recognizer.E001"]


@pytest.mark.parametrize("value", ["10", "ten/minute", "0/minute", "10/fortnight"])
def test_a_mistyped_rate_stops_the_start(value: str) -> None:
    started = manage("check", SECRET_KEY=KEY, RATE_LIMIT_ANONYMOUS=value)

    assert started.returncode != 0
    assert "RATE_LIMIT_ANONYMOUS" in started.stderr
