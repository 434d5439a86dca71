"""Run the stand-in by hand: `python -m tests.bot_api --port 8081`, then `manage.py runbot` against it."""

from __future__ import annotations

import argparse
import sys
import threading
from pathlib import Path
from typing import Any

from tests.bot_api.people import User
from tests.bot_api.server import BotApi

JSON = dict[str, Any]
USAGE = """\
In another terminal:  TELEGRAM_API_BASE_URL={url} TELEGRAM_BOT_TOKEN={token} python manage.py runbot
Then type here, as the user: a text (/start, /help ...), a picture's path, or =LABEL to press a button.
"""


def show(user: User) -> None:
    """Print what the bot writes and rewrites, as it comes."""
    shown: dict[int, str] = {}
    while True:
        with user.world.changed:
            for message in user.received():
                line = render(message)
                if shown.get(message["message_id"]) != line:
                    shown[message["message_id"]] = line
                    sys.stdout.write(line + "\n")
            sys.stdout.flush()
            user.world.changed.wait(1)


def render(message: JSON) -> str:
    picture = "[picture] " if "photo" in message else ""
    keys = [key["text"] for row in (message.get("reply_markup") or {}).get("inline_keyboard", []) for key in row]
    buttons = "".join(f" [{key}]" for key in keys)
    return f"bot {message['message_id']}> {picture}{message.get('text') or message.get('caption', '')}{buttons}"


def act(user: User, line: str) -> None:
    if line.startswith("="):
        user.press(user.received()[-1], line[1:])
    elif Path(line).is_file():
        user.photo(Path(line).read_bytes())
    else:
        user.text(line)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--token", default="123456:stand-in-secret")
    parser.add_argument("--language", default="en", help="the user's own language in Telegram")
    options = parser.parse_args()
    with BotApi(port=options.port, token=options.token) as api:
        user = api.user(1001, options.language)
        sys.stdout.write(USAGE.format(url=api.url, token=options.token))
        threading.Thread(target=show, args=(user,), daemon=True).start()
        for line in sys.stdin:
            if line.strip():
                act(user, line.strip())


if __name__ == "__main__":
    main()
