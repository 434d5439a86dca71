"""Fixtures for what reads pictures: the model that ships."""

import pytest

from ml.artifact import SHIPPED_MODEL
from ml.inference import Recognizer


@pytest.fixture(scope="session")
def recognizer() -> Recognizer:
    """The shipped model, loaded once."""
    return Recognizer.load(SHIPPED_MODEL)
