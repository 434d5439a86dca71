"""The tests' settings with every logger at DEBUG, as an operator in trouble might set them."""

from tests.settings import *  # noqa: F403
from tests.settings import LOGGING as QUIET

LOGGING = {**QUIET, "root": {"handlers": ["console"], "level": "DEBUG"}, "loggers": {}}
