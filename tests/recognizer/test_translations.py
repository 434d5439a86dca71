"""The Persian catalogue says all that the sources say, and says it fully."""

import re
from ast import literal_eval
from pathlib import Path

import polib
import pytest
from django.utils.translation.template import templatize

from tests.processes import ROOT

SOURCES = ROOT / "recognizer"
CATALOGUE = SOURCES / "locale/fa/LC_MESSAGES/django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
STRING = r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
# The names under which the sources import gettext.
CALL = re.compile(rf"\b(?:_|n?gettext(?:_lazy)?|gettext_noop)\(\s*((?:{STRING}\s*)+)")


def said(text: str) -> set[str]:
    """The messages in a source, as gettext would gather them."""
    return {"".join(literal_eval(part) for part in re.findall(STRING, strings)) for strings, _ in CALL.findall(text)}


def sources() -> list[tuple[str, str]]:
    """Each file with its text as Python; templates as Django turns them into it."""
    python = [file for file in SOURCES.rglob("*.py") if "migrations" not in file.parts]
    templates = [*SOURCES.rglob("*.html")]
    return [(str(file), file.read_text()) for file in python] + [
        (str(file), templatize(file.read_text(), origin=str(file))) for file in templates
    ]


@pytest.fixture(scope="module")
def catalogue() -> polib.POFile:
    """Persian."""
    return polib.pofile(str(CATALOGUE))


def test_every_message_is_translated(catalogue: polib.POFile) -> None:
    known = {entry.msgid for entry in catalogue if entry.translated() and not entry.fuzzy}

    missing = {f"{Path(name).name}: {message}" for name, text in sources() for message in said(text) - known}

    assert missing == set()


def test_nothing_is_left_over(catalogue: polib.POFile) -> None:
    assert catalogue.obsolete_entries() == []
    assert {entry.msgid for entry in catalogue} <= set().union(*(said(text) for _, text in sources()))


def test_placeholders_are_kept(catalogue: polib.POFile) -> None:
    for entry in catalogue:
        for translation in entry.msgstr_plural.values() or [entry.msgstr]:
            assert set(PLACEHOLDER.findall(translation)) == set(PLACEHOLDER.findall(entry.msgid)), entry.msgid


def test_what_is_compiled_is_what_is_written(catalogue: polib.POFile) -> None:
    compiled = {entry.msgid: entry for entry in polib.mofile(str(CATALOGUE.with_suffix(".mo")))}

    assert {key: (one.msgstr, one.msgstr_plural) for key, one in compiled.items()} == {
        entry.msgid: (entry.msgstr, entry.msgstr_plural) for entry in catalogue
    }
