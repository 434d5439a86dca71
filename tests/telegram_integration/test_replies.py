"""Texts: complete in both languages, well formed, with the reader's figures."""

import re
from pathlib import Path

import polib
import pytest

import telegram_integration
from telegram_integration import button_labels, command_replies, replies
from telegram_integration.results import Mark, Result

CATALOGUE = Path(telegram_integration.__file__).parent / "locale" / "fa" / "LC_MESSAGES" / "django.po"
MARK = Mark(7, 0.99, (0, 0, 1, 1))


def read(text: str = "7", confidence: float = 0.99, accepted: bool = True, reason: str = "") -> Result:
    return Result(1, text, confidence, accepted, reason, marks=(MARK,))


def test_persian_is_complete_and_compiled() -> None:
    written = polib.pofile(str(CATALOGUE))
    compiled = polib.mofile(str(CATALOGUE.with_suffix(".mo")))

    assert [entry.msgid for entry in written if not entry.translated() or entry.fuzzy] == []
    assert {(e.msgctxt, e.msgid): (e.msgstr, e.msgstr_plural) for e in compiled} == {
        (e.msgctxt, e.msgid): (e.msgstr, e.msgstr_plural) for e in written
    }


def test_every_text_of_the_code_is_in_the_catalogue() -> None:
    known = {entry.msgid for entry in polib.pofile(str(CATALOGUE))}

    for say in (
        replies.late,
        replies.thanks,
        command_replies.welcome,
        command_replies.unknown_command,
        button_labels.wrong,
    ):
        assert say("en").removeprefix("❌ ") in known
        assert say("fa") != say("en")


@pytest.mark.parametrize("tag", ["b", "i", "code"])
def test_markup_is_the_same_in_both_languages(tag: str) -> None:
    for entry in polib.pofile(str(CATALOGUE)):
        for translated in [entry.msgstr, *entry.msgstr_plural.values()]:
            if translated:
                assert translated.count(f"<{tag}>") == entry.msgid.count(f"<{tag}>")
                assert re.findall(r"(?<!<)/[a-z]+\b", translated) == re.findall(r"(?<!<)/[a-z]+\b", entry.msgid)


def test_certain_number_is_told_with_its_confidence() -> None:
    assert replies.answer("en", [read("407")]) == "<b>407</b> – 99% sure"
    assert replies.answer("fa", [read("407")]) == "<b>۴۰۷</b> – با اطمینان ۹۹٪"


def test_no_answer_claims_to_be_all_sure() -> None:
    assert "99%" in replies.answer("en", [read(confidence=1.0)])


def test_doubt_is_put_as_a_guess() -> None:
    assert replies.answer("en", [read(confidence=0.61)]) == "Probably <b>7</b>, but I am only 61% sure."


@pytest.mark.parametrize("reason", ["blank", "too_faint", "not_a_digit", "ambiguous", "too_many"])
def test_each_refusal_gives_its_own_advice(reason: str) -> None:
    others = {"blank", "too_faint", "not_a_digit", "ambiguous", "too_many"} - {reason}

    text = replies.answer("en", [read(accepted=False, reason=reason)])

    assert all(text != replies.answer("en", [read(accepted=False, reason=other)]) for other in others)
    assert ("My best guess: <b>7</b>" in text) == (reason not in ("blank", "too_faint"))
    assert not re.search("[0-9]", replies.answer("fa", [read(accepted=False, reason=reason)]))


@pytest.mark.parametrize(
    "code", ["unsupported_format", "image_too_large", "unreadable_image", "file_too_big", "file_gone", "gave_up"]
)
def test_each_error_is_explained_in_both_languages(code: str) -> None:
    english, persian = (replies.answer(language, [Result(1, error=code)]) for language in ("en", "fa"))

    assert "lease" in english or "only" in english
    assert not re.search("[0-9]", persian) and english != persian


def test_album_is_a_numbered_list_that_fits_one_message() -> None:
    album = [read("4" * 64, accepted=False, reason="ambiguous")] * 10

    lines = replies.answer("en", album).splitlines()

    assert [line.split(".")[0] for line in lines if line[0].isdigit()] == [str(place) for place in range(1, 11)]
    assert len("\n".join(lines)) <= 4096


def test_privacy_tells_when_pictures_expire() -> None:
    assert "after 90 days" in command_replies.privacy("en", 90)
    assert "۹۰ روز" in command_replies.privacy("fa", 90)
    assert "days" not in command_replies.privacy("en", 0)


def test_profile_fits_telegrams_limits() -> None:
    for language in ("en", "fa"):
        assert len(command_replies.description(language)) <= 512
        assert len(command_replies.short_description(language)) <= 120
        for command, line in command_replies.command_menu(language, operator=True):
            assert re.fullmatch("[a-z]{1,32}", command) and 3 <= len(line) <= 256
