"""The bot that this product replaces: one update after the other, `model.predict` inside the handler."""

import io
import sys

import numpy as np
from PIL import Image
from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters

from ml.architectures import build

model = build("simple")


async def read(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer a photo with its digit."""
    message = update.message
    assert message is not None
    file = await message.photo[-1].get_file()
    image = Image.open(io.BytesIO(bytes(await file.download_as_bytearray()))).convert("L").resize((28, 28))
    tensor = (255 - np.asarray(image, dtype="float32")).reshape(1, 28, 28, 1) / 255
    digit = int(model.predict(tensor, verbose=0).argmax())
    await message.reply_text(f"{digit}")


if __name__ == "__main__":
    url, token = sys.argv[1:]
    builder = Application.builder().token(token).base_url(f"{url}/bot").base_file_url(f"{url}/file/bot")
    application = builder.build()
    application.add_handler(MessageHandler(filters.PHOTO, read))
    application.run_polling()
