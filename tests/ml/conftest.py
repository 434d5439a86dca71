"""Fixtures for what reads pictures, the model that ships, and for what learns: small sources."""

from pathlib import Path

import pytest

from ml.artifact import SHIPPED_MODEL
from ml.data import load_pen_characters
from ml.glyphs import Sources
from ml.inference import Recognizer
from tests.ml.sources import printed_digits, write_strokes


@pytest.fixture(scope="session")
def recognizer() -> Recognizer:
    """The shipped model, loaded once."""
    return Recognizer.load(SHIPPED_MODEL)


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    """Printed digits for MNIST, and pen strokes of a few digits and letters."""
    digits = load_pen_characters(write_strokes(tmp_path / "digits.gz", "017"))
    letters = load_pen_characters(write_strokes(tmp_path / "letters.gz", "WX"))
    return Sources(printed_digits(30, 0), digits, letters)
