"""Inline keyboards. What a button means travels in its data, so it works after any restart."""

from collections.abc import Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from telegram_integration import button_labels
from telegram_integration.languages import Language
from telegram_integration.results import Result
from telegram_integration.speech import figures

Keyboard = InlineKeyboardMarkup
Button = InlineKeyboardButton


def verdict(language: str, request_id: int, results: Sequence[Result]) -> Keyboard | None:
    """For an answer: right or wrong; "tell me" where nothing was read; none where nothing was looked at."""
    if any(result.text for result in results):
        return right_or_wrong(language, request_id)
    if any(result.has_reading for result in results):
        return Keyboard([[Button(button_labels.tell(language), callback_data=f"wrong:{request_id}")]])
    return None


def right_or_wrong(language: str, request_id: int) -> Keyboard:
    """The two buttons under an answer."""
    right = Button(button_labels.right(language), callback_data=f"right:{request_id}")
    wrong = Button(button_labels.wrong(language), callback_data=f"wrong:{request_id}")
    return Keyboard([[right, wrong]])


def which_picture(language: str, request_id: int, picture_ids: Sequence[int]) -> Keyboard:
    """Which of an album's pictures was read wrongly."""
    keys = [
        Button(figures(language, str(place)), callback_data=f"fix:{picture_id}")
        for place, picture_id in enumerate(picture_ids, start=1)
    ]
    return Keyboard([*_rows(keys), [_back(language, request_id)]])


def correction(language: str, request_id: int, picture_id: int) -> Keyboard:
    """The ten digits, "no digit", and typing the whole number."""
    digits = [
        Button(figures(language, str(digit)), callback_data=f"label:{picture_id}:{digit}") for digit in range(10)
    ]
    none = Button(button_labels.no_digit(language), callback_data=f"label:{picture_id}:")
    typed = Button(button_labels.type(language), callback_data=f"type:{picture_id}")
    return Keyboard([*_rows(digits), [none, typed], [_back(language, request_id)]])


def noted(language: str, request_id: int) -> Keyboard:
    """Feedback is stored; one tap takes it up again."""
    return Keyboard([[Button(button_labels.noted(language), callback_data=f"back:{request_id}")]])


def languages() -> Keyboard:
    """Each language in its own name."""
    return Keyboard([[Button(tag.label, callback_data=f"language:{tag.value}") for tag in Language]])


def forget(language: str) -> Keyboard:
    """The confirmation that erasing takes."""
    return Keyboard(
        [
            [Button(button_labels.erase(language), callback_data="forget:yes")],
            [Button(button_labels.keep(language), callback_data="forget:no")],
        ]
    )


def _rows(keys: Sequence[Button], width: int = 5) -> list[Sequence[Button]]:
    return [keys[start : start + width] for start in range(0, len(keys), width)]


def _back(language: str, request_id: int) -> Button:
    return Button(button_labels.back(language), callback_data=f"back:{request_id}")
