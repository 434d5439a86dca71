"""Two hundred photos sent to the bot at once: this product's bot, and the design that it replaces.

Both talk to the same stand-in for Telegram (`tests.bot_api`), which takes as long for each call as a server some
countries away.
"""

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from bench.pictures import photo
from bench.services import Running, Service, ours, running, stopped
from tests.bot_api import BotApi

PHOTOS = 200
PATIENCE_SECONDS = 120
DELAY_SECONDS = 0.1


def measure(clone: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Answers a second of both, in turn; ours as fast as it can, and at the pace that Telegram allows."""
    figures: dict[str, list[float]] = {"ours": [], "paced": [], "old": []}
    for number in range(options.rounds):
        for name, pace in (("ours", "1000"), ("paced", "30")):
            # A database of its own: the bot knows the updates that it has answered, and each stand-in counts anew.
            database = f"sqlite:///{clone / f'{name}{number}.sqlite3'}"
            with BotApi() as api:
                env = {**telegram(api), "TELEGRAM_SENDS_PER_SECOND": pace, "DATABASE_URL": database}
                with running(ours(clone, **env), photo(0.1)):
                    figures[name].append(crowd(api))
        with BotApi() as api, stopped(Running(old_bot(api))):
            figures["old"].append(crowd(api))
        print("  " + ", ".join(f"{name} {values[-1]:.1f}/s" for name, values in figures.items()), file=sys.stderr)
    return {"photos": PHOTOS, "delay": DELAY_SECONDS, **figures}


def telegram(api: BotApi) -> dict[str, str]:
    """The environment that leads the product's bot to the stand-in, with room for this crowd."""
    return {
        "TELEGRAM_BOT_TOKEN": api.token,
        "TELEGRAM_API_BASE_URL": api.url,
        "TELEGRAM_GLOBAL_LIMIT": "1000000",
    }


def old_bot(api: BotApi) -> Service:
    """The bot of the design that the product replaces."""
    return Service("old bot", (sys.executable, "-m", "bench.references.old_bot", api.url, api.token))


def crowd(api: BotApi) -> float:
    """Let one person write first, so that everything is warm; then the crowd: its answers a second."""
    picture = photo(0.1)
    api.fault("*", times=sys.maxsize, delay=DELAY_SECONDS)
    warm = api.user(999)
    warm.photo(picture)
    warm.wait_for(timeout=PATIENCE_SECONDS)
    users = [api.user(1000 + number) for number in range(PHOTOS)]
    began = time.monotonic()
    for user in users:
        user.photo(picture)
    for user in users:
        user.wait_for(timeout=PATIENCE_SECONDS)
    return PHOTOS / (time.monotonic() - began)
