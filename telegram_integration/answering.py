"""From a stored request to its one answer: fetch, submit, wait for the worker, reply."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from telegram import Bot, Message, ReplyParameters
from telegram.constants import ChatAction, MessageLimit
from telegram.error import BadRequest, ChatMigrated, TelegramError

from recognizer import services, tracing
from telegram_integration import keyboards, replies, requests
from telegram_integration.drawing import draw_marks
from telegram_integration.models import Picture, ReadRequest
from telegram_integration.results import Result

logger = logging.getLogger(__name__)

TYPING_AFTER_SECONDS = 1.5
"""Most answers come sooner; Telegram asks for the sign only where one takes a while, and it is a call like others."""

TYPING_SECONDS = 4.5
LATE_POLL_SECONDS = 2.0
# A picture in memory may have 20 MB.
DOWNLOADS = 16


class Answerer:
    """Works on one request at a time of a backlog; keeps nothing that a restart would lose."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._downloads = asyncio.Semaphore(DOWNLOADS)

    async def answer(self, request: ReadRequest) -> float | None:
        """Answer it; returns None when that is done, or the seconds to wait for a late result.

        Raises:
            TelegramError: what Telegram says to a download or to the answer.
        """
        if request.answer_id is not None:
            return None
        try:
            return await self._answer(request)
        except ChatMigrated as error:
            await requests.move(request, error.new_chat_id)
            return 0

    async def _answer(self, request: ReadRequest) -> float | None:
        async with self._typing(request):
            await asyncio.gather(*(self._read(picture, request) for picture in request.pictures.all()))
            results = await requests.outcomes(request)
        if results is None:
            await self._tell_late(request)
            return LATE_POLL_SECONDS
        if results:
            await self._reply(request, results)
        return None

    async def _read(self, picture: Picture, request: ReadRequest) -> None:
        if picture.submission is None and not picture.error:
            await self._submit(picture, request)
        if picture.submission is not None and picture.submission.status == "queued" and not request.told_late:
            with tracing.handling(f"telegram-request-{request.pk}"):
                await services.aread(submission=picture.submission)

    async def _submit(self, picture: Picture, request: ReadRequest) -> None:
        if picture.file_size > requests.MAX_FILE_BYTES:
            await requests.refuse(picture, "file_too_big")
            return
        try:
            file = await self._bot.get_file(picture.file_id)
        except BadRequest as error:
            await requests.refuse(picture, "file_too_big" if "too big" in error.message else "file_gone")
        else:
            async with self._downloads:
                await requests.submit(picture, request.person, bytes(await file.download_as_bytearray()))

    async def _tell_late(self, request: ReadRequest) -> None:
        if not request.told_late:
            await requests.mark_told_late(request)
            await self._send(request, replies.late(request.person.language), None, None)

    async def _reply(self, request: ReadRequest, results: Sequence[Result]) -> None:
        language = request.person.language
        picture = await asyncio.to_thread(draw_marks, language, results)
        message = await self._send(
            request, replies.answer(language, results), picture, keyboards.verdict(language, request.pk, results)
        )
        await requests.mark_answered(request, message.message_id)

    async def _send(
        self,
        request: ReadRequest,
        text: str,
        picture: bytes | None,
        keyboard: keyboards.Keyboard | None,
    ) -> Message:
        where: dict[str, Any] = {
            "chat_id": request.chat_id,
            "message_thread_id": request.thread_id,
            "reply_parameters": ReplyParameters(request.message_id, allow_sending_without_reply=True),
            "reply_markup": keyboard,
        }
        if picture is not None and len(text) <= MessageLimit.CAPTION_LENGTH:
            try:
                return await self._bot.send_photo(photo=picture, caption=text, **where)
            except BadRequest as error:
                # A group may forbid pictures, and the number is worth more than its boxes.
                logger.info("The picture for %s was refused (%s); sending text", request, error)
        return await self._bot.send_message(text=text, **where)

    @asynccontextmanager
    async def _typing(self, request: ReadRequest) -> AsyncIterator[None]:
        """Show "typing..." when it takes long; a result that is late is not typed at."""
        task = None if request.told_late else asyncio.create_task(self._keep_typing(request))
        try:
            yield
        finally:
            if task:
                task.cancel()

    async def _keep_typing(self, request: ReadRequest) -> None:
        await asyncio.sleep(TYPING_AFTER_SECONDS)
        while True:
            try:
                await self._bot.send_chat_action(
                    request.chat_id, ChatAction.TYPING, message_thread_id=request.thread_id
                )
            except TelegramError as error:
                logger.debug("No typing shown in %s: %s", request, error)
            await asyncio.sleep(TYPING_SECONDS)
