"""Pictures for videos that have no source image: a soft gradient of colours drawn from the words."""

import colorsys
from hashlib import sha256

from PIL import Image

_GRID = 4  # colours on each side; the rest is what lies between them


def painting(words: str, *, width: int, height: int) -> Image.Image:
    """Always the same picture for the same words."""
    digest = sha256(words.encode()).digest()
    canvas = Image.new("RGB", (_GRID, _GRID))
    canvas.putdata([_colour(digest[0], digest[1 + cell]) for cell in range(_GRID * _GRID)])
    return canvas.resize((width, height), Image.Resampling.BICUBIC)


def _colour(key: int, cell: int) -> tuple[int, int, int]:
    """Neighbouring hues round one key colour go together, whatever the words."""
    hue = (key + (cell % 16) * 5) / 256
    red, green, blue = colorsys.hls_to_rgb(hue % 1, 0.32 + (cell // 16) / 40, 0.6)
    return round(red * 255), round(green * 255), round(blue * 255)
