"""How much one person, and all together, may ask in a minute; counted in Redis, for all hosts as one."""

import logging
from dataclasses import dataclass

from django.conf import settings
from redis import RedisError
from redis.asyncio import Redis
from telegram import Update
from telegram.ext import ApplicationHandlerStop

from telegram_integration import replies
from telegram_integration.context import Context, attempt, message_and_user, person_of

logger = logging.getLogger(__name__)

WINDOW_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Count:
    """Messages so far, and the seconds until counting begins anew."""

    messages: int
    seconds_left: int


async def guard(update: Update, context: Context) -> None:
    """Let a message pass, or stop it with one friendly word a minute.

    Raises:
        ApplicationHandlerStop: the limit is reached; no other handler shall see the message.
    """
    if attempt.get() > 1:
        # It was counted, and the outage that it is tried again for is not its sender's doing.
        return
    message, user = message_and_user(update)
    try:
        mine, everyones = await _count(context.redis, user.id)
        if mine.messages > settings.TELEGRAM_USER_LIMIT:
            say, wait = replies.slow_down, mine.seconds_left
        elif everyones.messages > settings.TELEGRAM_GLOBAL_LIMIT:
            say, wait = replies.busy, everyones.seconds_left
        else:
            return
        first_refusal = await context.redis.set(_key(f"told:{user.id}"), 1, nx=True, ex=wait)
    except RedisError as error:
        # Better no limit than no answer.
        logger.warning("Messages are not counted while Redis is away (%s)", type(error).__name__)
        return
    if first_refusal:
        person = await person_of(update)
        await message.reply_text(say(person.language, wait))
    raise ApplicationHandlerStop


async def _count(redis: Redis, user_id: int) -> tuple[Count, Count]:
    """Count one message for the user and for all; a minute begins with the first message in it."""
    async with redis.pipeline(transaction=True) as pipeline:
        for who in (str(user_id), "all"):
            pipeline.set(_key(who), 0, nx=True, ex=WINDOW_SECONDS)
            pipeline.incr(_key(who))
            pipeline.ttl(_key(who))
        _, mine, my_ttl, _, everyones, common_ttl = await pipeline.execute()
    return Count(mine, max(1, my_ttl)), Count(everyones, max(1, common_ttl))


def _key(who: str) -> str:
    return f"{settings.REDIS_KEY_PREFIX}telegram:minute:{who}"
