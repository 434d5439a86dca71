"""The product's settings with what only tests need: a key, and names of their own on shared servers."""

import os

os.environ.setdefault("SECRET_KEY", "a-key-that-only-the-tests-use-0123456789abcdefghijklmnopqrstuvwxyz")
os.environ.setdefault("REDIS_KEY_PREFIX", f"digits-test-{os.getpid()}:")

from digitsite.settings import *  # noqa: F403
