"""The product's settings with what only tests need: a key, and a database and a Redis of their own.

The addresses go through the environment, so that the processes a test starts meet the same servers.
"""

import os
import tempfile
from pathlib import Path

TEST_DIR = Path(os.environ.setdefault("DIGITS_TEST_DIR", tempfile.mkdtemp(prefix="digits-")))
os.environ.setdefault("SECRET_KEY", "a-key-that-only-the-tests-use-0123456789abcdefghijklmnopqrstuvwxyz")
os.environ.setdefault("REDIS_URL", f"unix://{TEST_DIR / 'redis.sock'}")
os.environ.setdefault("REDIS_KEY_PREFIX", f"digits-test-{os.getpid()}:")
os.environ.setdefault("MODELS_DIR", str(TEST_DIR / "models"))
os.environ.setdefault("SWEEP_SECONDS", "1")
os.environ.setdefault("CLAIM_SECONDS", "2")

from digitsite.settings import *  # noqa: E402, F403
from digitsite.settings import DATABASES, STORAGES  # noqa: E402

# A file, not memory: the worker is another process. When that process starts, the name is already the test's.
DATABASES["default"]["TEST"] = {"NAME": os.environ.get("DIGITS_TEST_DATABASE", str(TEST_DIR / "test.sqlite3"))}
if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    DATABASES["default"]["TEST"] = {"NAME": f"digits_test_{os.getpid()}"}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
METRICS_DIR = TEST_DIR / "metrics"
STATIC_ROOT = TEST_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
WHITENOISE_USE_FINDERS = True
