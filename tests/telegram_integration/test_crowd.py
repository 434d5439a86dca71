"""Many users at once."""

from collections.abc import Callable

from recognizer.models import Submission
from tests.bot_api import BotApi, User
from tests.pictures import drawing, encoded
from tests.processes import Process

CROWD = 200


def test_two_hundred_users_at_once_each_get_their_own_answer_once(
    bot: Process, worker: Process, api: BotApi, new_user: Callable[..., User]
) -> None:
    digits = "1347"
    pictures = {digit: encoded(drawing(digit), "JPEG") for digit in digits}
    users = [new_user() for _ in range(CROWD)]
    for index, user in enumerate(users):
        user.photo(pictures[digits[index % len(digits)]])

    for user in users:
        user.wait_for(timeout=120)

    answers = [[message["text"][0] for message in user.received()] for user in users]
    assert answers == [[digits[index % len(digits)]] for index in range(CROWD)]
    assert Submission.objects.count() == CROWD
