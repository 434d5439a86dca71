"""Files that were made to do harm, or that came to harm; each small enough to send."""

import io
import struct
import zipfile
import zlib

from PIL import Image

from tests.pictures import drawing, encoded, png

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PAGE = b"<html><script>alert(document.domain)</script></html>"


def chunk(kind: bytes, data: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of(width: int, height: int, *chunks: bytes, bits: int = 1) -> bytes:
    """A grey PNG that says it has these sides, and whatever chunks."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, 0, 0, 0, 0))
    return PNG_SIGNATURE + header + b"".join(chunks) + chunk(b"IEND", b"")


def zeros(size: int) -> bytes:
    """So many zeros, compressed a thousandfold."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(2**20)) for _ in range(size // 2**20)) + packer.flush()


def bombs() -> dict[str, bytes]:
    """A few kilobytes that would take gigabytes."""
    text = b"Comment\0\0" + zeros(2**28)
    profile = b"sRGB\0\0" + zeros(2**28)
    webp = encoded(drawing("7"), "WEBP", exif=told())
    at = webp.index(b"VP8X") + 12
    return {
        "pixels": png_of(20_000, 20_000, chunk(b"IDAT", zeros(50 * 2**20))),
        "a long side": png_of(30_000, 10, chunk(b"IDAT", zeros(2**20))),
        "sides of 2^31": png_of(2**31 - 1, 2**31 - 1, chunk(b"IDAT", zeros(2**20))),
        "data behind the last row": png_of(64, 64, chunk(b"IDAT", zeros(2**30))),
        "a text": png_of(64, 64, chunk(b"zTXt", text), chunk(b"IDAT", zlib.compress(bytes(64 * 9)))),
        "a colour profile": png_of(64, 64, chunk(b"iCCP", profile), chunk(b"IDAT", zlib.compress(bytes(64 * 9)))),
        "a WebP's canvas": webp[:at] + b"\xff\xff\xff" * 2 + webp[at + 6 :],
        "a JPEG's sides": resized_jpeg(65_500, 65_500),
        "a JPEG's scans": scans(5000),
    }


def resized_jpeg(width: int, height: int) -> bytes:
    """A small JPEG whose header says otherwise."""
    data = encoded(drawing("7"), "JPEG")
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]


def scans(count: int) -> bytes:
    """A progressive JPEG that repeats its last scan."""
    data = encoded(drawing("7", side=1000), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * count + data[-2:]


def animations() -> dict[str, bytes]:
    """More than one picture in a file."""
    frames = [drawing(digit) for digit in "1234"]
    kinds = {"APNG": "PNG", "WebP": "WEBP", "GIF": "GIF"}
    return {
        name: encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
        for name, kind in kinds.items()
    }


def others() -> dict[str, bytes]:
    """What is no picture, or none that is taken."""
    small = drawing("7", side=64)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("a.png", png("7"))
    taken = {kind: encoded(small, kind) for kind in ("TIFF", "BMP", "ICO", "TGA", "PPM", "PDF", "EPS", "JPEG2000")}
    return taken | {
        "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        "HTML": PAGE,
        "ZIP": archive.getvalue(),
        "a signature in the wrong place": b"GIF89a" + png("7"),
    }


def truncated() -> dict[str, bytes]:
    """Cut in the middle."""
    whole = {kind: encoded(drawing("7"), kind) for kind in ("PNG", "JPEG", "WEBP")}
    return {
        f"{kind} at {share:.0%}": data[: int(len(data) * share)] for kind, data in whole.items() for share in (0.5,)
    }


def told() -> Image.Exif:
    """What a camera says of a picture: in words, and where it was."""
    exif = Image.Exif()
    exif[0x010E] = PAGE.decode()
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 0.0)}
    return exif


def polyglots() -> dict[str, bytes]:
    """Pictures of a seven that are something else as well, and that say who made them."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("page.html", PAGE)
    exif = told()
    plain = drawing("7")
    return {
        "PNG and ZIP": png("7") + archive.getvalue(),
        "PNG and HTML": png("7") + PAGE,
        "JPEG and HTML": encoded(plain, "JPEG", comment=PAGE, exif=exif) + PAGE,
        "WebP and HTML": encoded(plain, "WEBP", exif=exif) + PAGE,
    }
