"""Images for tests: PNGs built chunk by chunk, and files with a color profile."""

import struct
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

DATA = Path(__file__).parents[2] / "data" / "media"
GREY, RGB, PALETTE, GREY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6
_CHANNELS = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGB_ALPHA: 4}


def chunk(kind: bytes, data: bytes = b"", *, crc: int | None = None) -> bytes:
    crc = zlib.crc32(kind + data) if crc is None else crc
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)


def png(
    *channels: int,
    depth: int = 8,
    color_type: int = GREY,
    size: tuple[int, int] = (400, 400),
    before: bytes = b"",
    after: bytes = b"",
    end: bytes | None = None,
) -> bytes:
    """Return a PNG of one color. `before` and `after` are chunks around the pixels; `end` replaces IEND."""
    width, height = size
    bits = "".join(f"{it:0{depth}b}" for it in channels) * width
    row = int(bits, 2).to_bytes(len(bits) // 8, "big")
    assert len(channels) == _CHANNELS[color_type]
    pixels = zlib.compress((b"\0" + row) * height)
    header = struct.pack(">IIBBBBB", width, height, depth, color_type, 0, 0, 0)
    ending = chunk(b"IEND") if end is None else end
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before + chunk(b"IDAT", pixels) + after + ending


def saved(image: Image.Image, format: str = "PNG", **options: Any) -> bytes:
    out = BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def profile(name: str) -> bytes:
    """Return the color profile of a file in tests/data/media."""
    return bytes(opened((DATA / name).read_bytes()).info["icc_profile"])
