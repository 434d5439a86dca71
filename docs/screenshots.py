"""Takes the pictures of the page in docs/images from a running service.

python docs/screenshots.py http://127.0.0.1:8000
"""

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.browser.files import upload
from tests.browser.handwriting import box_of, move, on_canvas, smooth, write
from tests.pictures import drawing, encoded

IMAGES = Path(__file__).resolve().parent / "images"
DESKTOP = {"width": 1240, "height": 960}
PHONE = {"width": 360, "height": 800}
# No digits: a star, a K, an A. Which of them a model refuses depends on the model.
SHAPES = [
    [[(0.5, 0.15), (0.62, 0.8), (0.3, 0.4), (0.72, 0.4), (0.38, 0.8), (0.5, 0.15)]],
    [[(0.4, 0.2), (0.4, 0.8)], [(0.62, 0.2), (0.4, 0.5), (0.64, 0.8)]],
    [[(0.37, 0.8), (0.5, 0.2), (0.63, 0.8)], [(0.42, 0.6), (0.58, 0.6)]],
]


def write_several(page: Page) -> None:
    """A few sheets, so that the strip has something to show, and a number with the pointer on its 4."""
    for number in ("7", "25", "60"):
        write(page, number, left=0.3)
        expect(page.locator("#number")).to_have_text(number)
        page.locator("#clear").click()
    write(page, "1984", left=0.13, top=0.28, height=0.34)
    expect(page.locator("#number")).to_have_text("1984")
    last = box_of(page.locator(".box rect").last)
    page.mouse.move(last["x"] + last["width"] / 2, last["y"] + last["height"] / 2)
    page.locator('[value="right"]').click()
    expect(page.locator("#thanks")).not_to_be_empty()
    page.mouse.move(last["x"] + last["width"] / 2, last["y"] + last["height"] / 2)


def write_one(page: Page) -> None:
    """One large digit."""
    write(page, "2", left=0.38, top=0.14, height=0.68)
    expect(page.locator(".figure")).to_have_count(1)


def write_two(page: Page) -> None:
    """Two digits."""
    write(page, "63", left=0.28)
    expect(page.locator(".figure")).to_have_count(2)


def write_no_digit(page: Page) -> None:
    """The first shape that is refused."""
    canvas = box_of(page.locator("#canvas"))
    for shape in SHAPES:
        page.locator("#live").uncheck()
        for stroke in shape:
            move(page, on_canvas(canvas, smooth(stroke)))
        page.locator("#read").click()
        expect(page.locator(".box")).not_to_have_count(0)
        if page.locator("#answer").get_attribute("data-state") == "refused":
            return
        page.locator("#clear").click()
    raise SystemExit("This model refuses none of the shapes.")


def send_no_picture(page: Page) -> None:
    """A file that cannot be read, over a drawing that stays."""
    write(page, "7", left=0.4)
    expect(page.locator("#number")).to_have_text("7")
    upload(page, b"%PDF-1.7", name="number.pdf", mime="application/pdf")
    expect(page.locator("#answer")).to_have_attribute("data-state", "problem")


def send_plainly(page: Page) -> None:
    """A picture by the form, to its page of an answer."""
    shown = encoded(drawing("47"))
    page.locator("#file").set_input_files({"name": "number.png", "mimeType": "image/png", "buffer": shown})
    page.locator("#read").click()
    expect(page.locator(".figure")).to_have_count(2)


SCENES: dict[str, tuple[Callable[[Page], None], dict[str, Any]]] = {
    "page-light": (write_several, {"viewport": DESKTOP}),
    "page-dark": (write_one, {"viewport": DESKTOP, "color_scheme": "dark"}),
    "page-persian": (write_two, {"viewport": DESKTOP, "locale": "fa-IR"}),
    "page-refusal": (write_no_digit, {"viewport": DESKTOP}),
    "page-error": (send_no_picture, {"viewport": DESKTOP}),
    "page-plain": (send_plainly, {"viewport": DESKTOP, "java_script_enabled": False}),
    "page-phone": (write_two, {"viewport": PHONE, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}),
}


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=which("chromium") or which("google-chrome"), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


def save(shot: bytes, path: Path) -> None:
    """As a small PNG: few colours are enough for flat ones, and k-means keeps the rare among them."""
    flat = Image.open(io.BytesIO(shot)).convert("RGB")
    image = flat.quantize(256, kmeans=3, dither=Image.Dither.NONE)
    image.save(path, optimize=True)
    print(f"{path.name}: {path.stat().st_size // 1000} kB")  # noqa: T201


def main(url: str) -> None:
    """Every scene, each as a new visitor."""
    IMAGES.mkdir(exist_ok=True)
    expect.set_options(timeout=30_000)
    with chromium() as browser:
        for name, (act, options) in SCENES.items():
            page = browser.new_context(base_url=url, reduced_motion="reduce", **options).new_page()
            page.goto("/")
            act(page)
            save(page.screenshot(), IMAGES / f"{name}.png")


if __name__ == "__main__":
    main(sys.argv[1])
