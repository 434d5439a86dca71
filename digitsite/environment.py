"""Environment variables as typed values; one that cannot be used stops the start with a sentence that names it.

`.env` in the project's root is read first; what the environment says wins over it.
"""

import ipaddress
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from dotenv import load_dotenv

load_dotenv(Path(__file__).resolve().parent.parent / ".env")

# A peer that was cut off is noticed within half a minute by either side, and what it had locked is let go of; by
# default that takes the kernel two hours.
POSTGRES_OPTIONS = {
    "connect_timeout": 3,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "options": "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
    " -c idle_in_transaction_session_timeout=60s",
}


def env_str(name: str, default: str = "") -> str:
    """The variable's value, or the default when it is unset or empty."""
    return os.environ.get(name, "").strip() or default


def env_secret(name: str, default: str = "") -> str:
    """A secret from NAME or from the file that NAME_FILE points to; the value itself is never echoed."""
    path = env_str(f"{name}_FILE")
    if not path or env_str(name):
        return env_str(name, default)
    try:
        secret = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{name}_FILE names {path}, which cannot be read as text.") from error
    if not secret:
        raise ImproperlyConfigured(f"{name}_FILE names {path}, which is empty.")
    return secret


def env_bool(name: str, *, default: bool) -> bool:
    """1/0, true/false, yes/no, on/off in any case."""
    value = env_str(name).lower()
    if value in ("", "1", "true", "yes", "on", "0", "false", "no", "off"):
        return value in ("1", "true", "yes", "on") if value else default
    raise ImproperlyConfigured(f"{name} is {value!r}; say 1 or 0.")


def env_choice(name: str, default: str, *, choices: tuple[str, ...]) -> str:
    """One of a few words."""
    value = env_str(name, default).lower()
    if value not in choices:
        raise ImproperlyConfigured(f"{name} is {value!r}; say {' or '.join(choices)}.")
    return value


def env_float(name: str, default: float, *, minimum: float, maximum: float) -> float:
    """A number within [minimum, maximum]."""
    value = env_str(name, str(default))
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not minimum <= number <= maximum:
        raise ImproperlyConfigured(f"{name} is {value!r}; it takes a number from {minimum:g} to {maximum:g}.")
    return number


def env_share(name: str) -> float | None:
    """A number within [0, 1]; None when the variable is unset or empty."""
    return env_float(name, 0, minimum=0, maximum=1) if env_str(name) else None


def env_int(name: str, default: int, *, minimum: int, maximum: int) -> int:
    """A whole number within [minimum, maximum]."""
    number = env_float(name, default, minimum=minimum, maximum=maximum)
    if number != int(number):
        raise ImproperlyConfigured(f"{name} is {env_str(name)!r}; it takes a whole number.")
    return int(number)


def env_rate(name: str, default: str) -> tuple[int, int]:
    """So many in so many seconds, from NUMBER/second, /minute, /hour or /day."""
    number, _, unit = env_str(name, default).partition("/")
    seconds = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}.get(unit.strip())
    if seconds is None or not number.strip().isdecimal() or int(number) < 1:
        raise ImproperlyConfigured(f"{name} is {env_str(name)!r}; say 60/minute, with second, minute, hour or day.")
    return int(number), seconds


def env_list(name: str, default: list[str]) -> list[str]:
    """Comma-separated values, blanks left out."""
    value = env_str(name)
    return [item.strip() for item in value.split(",") if item.strip()] if value else default


def env_int_list(name: str) -> list[int]:
    """Comma-separated whole numbers."""
    try:
        return [int(item) for item in env_list(name, [])]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} takes whole numbers separated by commas.") from error


def env_networks(name: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Comma-separated networks or addresses: 10.0.0.0/8, 192.0.2.7, fd00::/8."""
    try:
        return [ipaddress.ip_network(item) for item in env_list(name, [])]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} takes networks such as 10.0.0.0/8: {error}.") from error


def env_time_zone(name: str, default: str) -> str:
    """The name of a time zone, as the IANA database has it: Asia/Tehran, UTC."""
    value = env_str(name, default)
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # also for "../x" and for a folder of zones
        raise ImproperlyConfigured(f"{name} is {value!r}; say a time zone such as Asia/Tehran or UTC.") from error
    return value


def env_url(name: str, default: str, *, schemes: tuple[str, ...]) -> str:
    """A URL of one of the schemes, without a slash at its end. Its value may hold a password: never echoed."""
    value = env_secret(name, default).rstrip("/")
    if value and urlsplit(value).scheme not in schemes:
        raise ImproperlyConfigured(f"{name} must begin with one of {', '.join(f'{s}://' for s in schemes)}")
    return value


def broker_url(redis_url: str) -> str:
    """kombu's spelling of a Redis URL. Unlike redis-py it checks no certificate unless it is told to."""
    if redis_url.startswith("rediss://") and not urlsplit(redis_url).query:
        return f"{redis_url}?ssl_cert_reqs=required"
    return redis_url.replace("unix://", "redis+socket://", 1)


def database_from_url(url: str) -> dict[str, Any]:
    """Django's settings for DATABASE_URL.

    SQLite runs in WAL mode with synchronous=NORMAL: readers never wait for the writer, and a commit
    survives a killed process. Write transactions begin as IMMEDIATE, so that two of them wait for each
    other instead of failing half-way.

    What the URL says behind its ? wins over POSTGRES_OPTIONS.
    """
    try:
        config: dict[str, Any] = dict(dj_database_url.parse(url))
    except ValueError as error:
        raise ImproperlyConfigured(
            "DATABASE_URL is no database URL: say postgres://user:password@host/name"
        ) from error
    if config["ENGINE"] == "django.db.backends.sqlite3":
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000;",
        }
    elif config["ENGINE"] == "django.db.backends.postgresql":
        config["OPTIONS"] = POSTGRES_OPTIONS | config.get("OPTIONS", {})
    else:
        raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL or SQLite database.")
    config["CONN_MAX_AGE"] = 600
    config["CONN_HEALTH_CHECKS"] = config["ENGINE"] == "django.db.backends.postgresql"
    return config


def limit_lock_waits(database: dict[str, Any], seconds: float) -> None:
    """Let a statement that waits for another's lock fail after so long; `database`: of `database_from_url`.

    PostgreSQL would wait for ever. What DATABASE_URL says of `lock_timeout` behind its ? wins.
    """
    options = database["OPTIONS"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        options["timeout"] = seconds
    else:
        options["options"] = f"-c lock_timeout={round(1000 * seconds)} {options['options']}"
