"""Connections to Telegram: as many as there are lanes, and none is lost."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress

import pytest
from telegram import Bot
from telegram.request import HTTPXRequest

from telegram_integration.lanes import Lanes
from tests.bot_api import BotApi

SIZE = 2


@pytest.fixture
def fresh() -> Iterator[BotApi]:
    with BotApi() as api:
        yield api


def bot_on(lanes: Lanes, api: BotApi) -> Bot:
    return Bot(api.token, base_url=f"{api.url}/bot", request=lanes, get_updates_request=client())


def client() -> HTTPXRequest:
    return HTTPXRequest(connection_pool_size=1, read_timeout=30)


def test_more_calls_than_lanes_are_all_answered(fresh: BotApi) -> None:
    made: list[HTTPXRequest] = []

    def make() -> HTTPXRequest:
        made.append(client())
        return made[-1]

    async def crowd() -> list[int]:
        lanes = Lanes(make, size=SIZE)
        bot = bot_on(lanes, fresh)
        answers = await asyncio.gather(*(bot.get_me() for _ in range(5 * SIZE)))
        await lanes.shutdown()
        return [answer.id for answer in answers]

    assert len(set(asyncio.run(crowd()))) == 1
    assert len(made) == SIZE


def test_calls_that_are_broken_off_take_no_lane_with_them(fresh: BotApi) -> None:
    fresh.fault("getMe", times=20 * SIZE, delay=0.2)

    async def broken_off() -> bool:
        lanes = Lanes(client, size=SIZE)
        bot = bot_on(lanes, fresh)
        for number in range(20 * SIZE):
            call = asyncio.create_task(bot.get_me())
            # From before there is a connection to while the answer is awaited: at each point where the call may wait.
            for _ in range(number):
                await asyncio.sleep(0)
            call.cancel()
            with suppress(asyncio.CancelledError):
                await call
        answers = await asyncio.gather(*(bot.delete_webhook() for _ in range(SIZE)))
        await lanes.shutdown()
        return all(answers)

    assert asyncio.run(broken_off())
