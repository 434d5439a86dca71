"""The product's settings with what only tests need: a key, and a database and a Redis of their own.

The addresses go through the environment, so that the processes a test starts meet the same servers.
"""

import os
import tempfile
from pathlib import Path


def own_directory() -> Path:
    """A folder for this pytest, one inside it for each of its parallel processes; what those start inherits theirs."""
    inherited = Path(os.environ.get("DIGITS_TEST_DIR") or tempfile.mkdtemp(prefix="digits-"))
    parallel = os.environ.get("PYTEST_XDIST_WORKER", inherited.name)
    return inherited if inherited.name == parallel else inherited / parallel


TEST_DIR = own_directory()
if os.environ.get("DIGITS_TEST_DIR") != str(TEST_DIR):
    os.environ["DIGITS_TEST_DIR"] = str(TEST_DIR)
    os.environ["REDIS_URL"] = f"unix://{TEST_DIR / 'redis.sock'}"
    os.environ["REDIS_KEY_PREFIX"] = f"digits-test-{os.getpid()}:"
    os.environ["MODELS_DIR"] = str(TEST_DIR / "models")
os.environ.setdefault("SECRET_KEY", "a-key-that-only-the-tests-use-0123456789abcdefghijklmnopqrstuvwxyz")
# Tests sweep themselves, when they want to.
os.environ.setdefault("SWEEP_SECONDS", "3600")
os.environ.setdefault("CLAIM_SECONDS", "2")

from digitsite.settings import *  # noqa: E402, F403
from digitsite.settings import DATABASES, STORAGES  # noqa: E402

# A file, not memory: the worker is another process.
DATABASES["default"]["TEST"] = {"NAME": str(TEST_DIR / "test.sqlite3")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    DATABASES["default"]["TEST"] = {"NAME": f"digits_test_{os.getpid()}"}
    # A test is one transaction, which stands idle for as long as a model takes to load.
    DATABASES["default"]["OPTIONS"]["options"] += " -c idle_in_transaction_session_timeout=0"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STATIC_ROOT = TEST_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
# Each service has its own, as each host has: a web server forgets what is there when it starts. Its workers are forks.
METRICS_DIR = Path(tempfile.mkdtemp(prefix="metrics-", dir=TEST_DIR))
WHITENOISE_USE_FINDERS = True
