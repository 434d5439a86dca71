"""Pictures of any mode that Pillow knows, made opaque, eight bits a channel, and no larger than needed."""

from __future__ import annotations

from PIL import Image

from ml.sizes import reduction


def opaque(image: Image.Image, side: int) -> Image.Image:
    """The same picture, transparency laid on white: "L" without colours, "RGB" with some.

    No larger than needed for `side` pixels of its longer side, as `ml.sizes.longest` has it.
    """
    if image.mode.startswith("I"):  # 16 bits a pixel, which Pillow would clip rather than scale
        return _reduced(_from_16_bits(image), side)
    if image.has_transparency_data:
        return _without_channels_alike(_on_white(_reduced(_as_mode(image, "RGBA"), side)))
    if image.mode in ("1", "L"):
        return _reduced(_as_mode(image, "L"), side)
    return _without_channels_alike(_reduced(_as_mode(image, "RGB"), side))


def _as_mode(image: Image.Image, mode: str) -> Image.Image:
    """`image.convert(mode)`, which would copy even where there is nothing to convert."""
    image.load()
    return image if image.mode == mode else image.convert(mode)


def _without_channels_alike(image: Image.Image) -> Image.Image:
    """An RGB picture, or one of its channels where all are the same: what follows is a third of the work."""
    red, green, blue = image.split()
    return red if red.tobytes() == green.tobytes() == blue.tobytes() else image


def _reduced(image: Image.Image, side: int) -> Image.Image:
    """Reduced by the largest whole factor that leaves enough pixels, so that what follows needs room for these."""
    factor = reduction(*image.size, side)
    return image.reduce(factor) if factor > 1 else image


def _from_16_bits(image: Image.Image) -> Image.Image:
    import numpy as np

    return Image.fromarray((np.asarray(image).astype(np.uint16) >> 8).astype(np.uint8))


def _on_white(image: Image.Image) -> Image.Image:
    if image.getchannel("A").getextrema() == (255, 255):
        return image.convert("RGB")
    flat = _on_paper(image, "white")
    is_lost = flat.convert("L").getextrema()[0] == 255
    return _on_paper(image, "black") if is_lost else flat  # white ink on nothing


def _on_paper(image: Image.Image, colour: str) -> Image.Image:
    paper = Image.new("RGBA", image.size, colour)
    paper.alpha_composite(image)
    return paper.convert("RGB")
