"""Files that a visitor chooses, drops or pastes."""

import base64

from playwright.sync_api import JSHandle, Page

TRANSFER = """([bytes, type, name]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], name, { type }));
    return transfer;
}"""


def upload(page: Page, data: bytes, *, name: str = "number.png", mime: str = "image/png") -> None:
    """Choose a file, as the dialog would."""
    page.locator("#file").set_input_files({"name": name, "mimeType": mime, "buffer": data})


def transfer(page: Page, data: bytes) -> JSHandle:
    """A PNG as drag and drop or the clipboard hand it over."""
    return page.evaluate_handle(TRANSFER, [base64.b64encode(data).decode(), "image/png", "number.png"])
