"""How much one person, and all together, may ask in a minute; counted in Redis, for all hosts as one."""

import logging
import time

from django.conf import settings
from redis import RedisError
from redis.asyncio import Redis
from telegram import Update
from telegram.ext import ApplicationHandlerStop

from telegram_integration import replies
from telegram_integration.context import Context, message_and_user, person_of

logger = logging.getLogger(__name__)

WINDOW_SECONDS = 60


async def guard(update: Update, context: Context) -> None:
    """Let a message pass, or stop it with one friendly word a minute.

    Raises:
        ApplicationHandlerStop: the limit is reached; no other handler shall see the message.
    """
    message, user = message_and_user(update)
    now = time.time()
    try:
        mine, everyones = await _count(context.redis, user.id, now)
    except RedisError as error:
        # Better no limit than no answer.
        logger.warning("Nothing is counted while Redis is away (%s)", type(error).__name__)
        return
    over_mine = mine > settings.TELEGRAM_USER_LIMIT
    if not over_mine and everyones <= settings.TELEGRAM_GLOBAL_LIMIT:
        return
    if await _first_refusal(context.redis, user.id, now):
        say = replies.slow_down if over_mine else replies.busy
        person = await person_of(update)
        await message.reply_text(say(person.language, WINDOW_SECONDS - int(now) % WINDOW_SECONDS))
    raise ApplicationHandlerStop


async def _count(redis: Redis, user_id: int, now: float) -> tuple[int, int]:
    """Add one for the user and one for all; returns both counts of this minute."""
    async with redis.pipeline(transaction=True) as pipeline:
        for who in (str(user_id), "all"):
            pipeline.incr(_key(who, now))
            pipeline.expire(_key(who, now), 2 * WINDOW_SECONDS)
        mine, _, everyones, _ = await pipeline.execute()
    return int(mine), int(everyones)


async def _first_refusal(redis: Redis, user_id: int, now: float) -> bool:
    return bool(await redis.set(_key(f"told:{user_id}", now), 1, nx=True, ex=2 * WINDOW_SECONDS))


def _key(who: str, now: float) -> str:
    return f"{settings.REDIS_KEY_PREFIX}telegram:minute:{int(now // WINDOW_SECONDS)}:{who}"
